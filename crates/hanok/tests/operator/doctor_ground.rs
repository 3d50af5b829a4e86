//! `hanok doctor` and what an installation stands on: other servers, rights, the gateway, open files.

use std::fs;

use hanok_testkit::free_port;

use crate::place::{Place, Told, chmod};

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_another_hanok_holds_is_found_with_its_directory() {
    let (mut place, other) = (Place::sqlite(), Place::sqlite());
    other.done(&["migrate"]);
    let server = other.serve().await;
    place.set("server.port", &other.port.to_string());
    let told = Told::by(&place, &[]);
    told.failed(&["port"]);
    let directory = other.file("").canonicalize().unwrap();
    let words = [
        "another hanok",
        directory.to_str().unwrap(),
        &server.pid().to_string(),
        &format!("http://127.0.0.1:{}", other.port),
    ];
    told.is("port", "failed", &words);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_lacks_rights_is_told_the_grant() {
    let Some(mut place) = Place::postgres().await else {
        println!("not run: PostgreSQL (HANOK_TEST_POSTGRES is unset)");
        return;
    };
    place.done(&["migrate"]);
    let role = format!("hanok_poor_{}", place.port);
    let made = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'poor'; GRANT USAGE ON SCHEMA public TO {role};
         GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    );
    place.by_hand("", &made).await;
    place.as_role(&role, "poor");
    let told = Told::by(&place, &[]);
    told.failed(&["store"]);
    let grant = "GRANT UPDATE ON ALL TABLES IN SCHEMA";
    told.is("store", "failed", &["may not UPDATE", grant, &role]);
    let gone = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    place.by_hand("", &gone).await;
}

#[tokio::test]
async fn a_gateway_is_reached_without_a_message_or_told_to_be_away() {
    let mut place = Place::sqlite();
    place.done(&["migrate"]);
    Told::by(&place, &[]).is("sms", "warning", &["simulated", "accounts.sms_url"]);
    place.set("accounts.sms", "http");
    place.set(
        "accounts.sms_url",
        &format!("http://127.0.0.1:{}/send?key=secret-word", free_port()),
    );
    let told = Told::by(&place, &[]);
    told.failed(&["sms"]);
    told.is(
        "sms",
        "failed",
        &["cannot be reached", "refused", "accounts.sms_url"],
    );
    assert!(!told.all.to_string().contains("secret-word"));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let mut question = [0; 4_096];
        let length = stream.read(&mut question).unwrap();
        stream
            .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&question[..length]).into_owned()
    });
    place.set("accounts.sms_url", &format!("http://127.0.0.1:{port}/send"));
    Told::by(&place, &[]).is("sms", "ok", &["no message was sent"]);
    assert!(asked.join().unwrap().starts_with("HEAD / "));
}

#[tokio::test]
async fn a_file_that_others_may_read_is_named() {
    let place = Place::sqlite();
    place.done(&["migrate"]);
    chmod(&place.file("hanok.db"), 0o644);
    let told = Told::by(&place, &[]);
    told.failed(&[]);
    told.is(
        "permissions",
        "warning",
        &["hanok.db (mode 644)", "chmod 600"],
    );
}

#[tokio::test]
async fn an_empty_directory_is_where_an_installation_may_begin() {
    let place = Place::sqlite();
    fs::create_dir(place.file("")).unwrap();
    chmod(&place.file(""), 0o700);
    let told = Told::by(&place, &[]);
    told.failed(&[]);
    told.is("directory", "ok", &["nothing is here yet", "hanok serve"]);
    fs::create_dir(place.file("keys")).unwrap();
    fs::write(place.file("audit-checkpoints.jsonl"), "").unwrap();
    Told::by(&place, &[]).failed(&["keys", "store"]);
}
