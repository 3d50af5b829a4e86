//! Against real servers on this machine: redirects, slow and large answers, rebinding names.

use std::io;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use hanok_events::http::{Answer, DeliveryError, GuardedClient, HttpPolicy, SystemResolver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::resolver::Scripted;

fn client_for(origin: &str) -> GuardedClient {
    let policy = HttpPolicy {
        allow: vec![origin.parse().unwrap()],
        ..HttpPolicy::default()
    };
    GuardedClient::with_resolver(policy, Arc::new(SystemResolver)).unwrap()
}

#[tokio::test]
async fn a_post_arrives_as_it_was_given_and_without_extras() {
    let server = MockServer::start().await;
    let accepted = Mock::given(method("POST"))
        .and(path("/hook"))
        .and(body_string("aa.bb.cc"));
    let accepted = accepted.and(header("content-type", "application/jose"));
    accepted
        .respond_with(ResponseTemplate::new(202).set_body_string("ok"))
        .mount(&server)
        .await;

    let url = format!("{}/hook", server.uri());
    let answer = client_for(&server.uri())
        .post(&url, "application/jose", "aa.bb.cc")
        .await
        .unwrap();

    assert_eq!(
        answer,
        Answer {
            status: 202,
            body_head: b"ok".to_vec()
        }
    );
    assert!(answer.is_success());
    let requests = server.received_requests().await.unwrap();
    for name in ["cookie", "referer", "authorization", "proxy-authorization"] {
        assert!(!requests[0].headers.contains_key(name), "{name}");
    }
}

#[test]
fn the_environments_proxy_is_not_used() {
    // A process of its own, because the environment belongs to all tests of this one.
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "http::servers::a_post_arrives_as_it_was_given_and_without_extras",
    ]);
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        child.env(name, "http://127.0.0.1:1");
    }
    let output = child
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = MockServer::start().await;
    let elsewhere = format!("{}/elsewhere", server.uri());
    let moved = ResponseTemplate::new(307).insert_header("location", elsewhere.as_str());
    Mock::given(path("/hook"))
        .respond_with(moved)
        .mount(&server)
        .await;

    let url = format!("{}/hook", server.uri());
    let answer = client_for(&server.uri())
        .post(&url, "text/plain", "x")
        .await
        .unwrap();

    assert_eq!((answer.status, answer.is_success()), (307, false));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_more_of_an_answer_is_read_than_the_limit() {
    let server = MockServer::start().await;
    let large = ResponseTemplate::new(200).set_body_bytes(vec![b'a'; 1_000_000]);
    Mock::given(path("/hook"))
        .respond_with(large)
        .mount(&server)
        .await;

    let url = format!("{}/hook", server.uri());
    let answer = client_for(&server.uri())
        .post(&url, "text/plain", "x")
        .await
        .unwrap();

    assert_eq!(answer.body_head, vec![b'a'; 4096]);
}

/// Accepts one connection, reads the request's head, writes `reply` and then stays silent.
async fn silent_after(reply: &'static [u8]) -> io::Result<(String, tokio::task::JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        stream.write_all(reply).await.unwrap();
        std::future::pending::<()>().await;
    });
    Ok((origin, task))
}

async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
}

fn impatient(origin: &str, timeout: Duration) -> GuardedClient {
    let allow = vec![origin.parse().unwrap()];
    GuardedClient::new(HttpPolicy {
        allow,
        timeout,
        ..HttpPolicy::default()
    })
    .unwrap()
}

/// What becomes of a post to a server that falls silent after `reply`, which comes well before the time is up.
async fn answer_that_drips(reply: &'static [u8]) -> Answer {
    let (origin, server) = silent_after(reply).await.unwrap();
    let answer = impatient(&origin, Duration::from_secs(3))
        .post(&format!("{origin}/hook"), "text/plain", "x")
        .await;
    server.abort();
    answer.unwrap()
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let (origin, server) = silent_after(b"").await.unwrap();
    let fault = impatient(&origin, Duration::from_millis(100))
        .post(&format!("{origin}/hook"), "text/plain", "x")
        .await;
    assert!(matches!(fault, Err(DeliveryError::Timeout)), "{fault:?}");
    server.abort();
}

#[tokio::test]
async fn a_body_that_drips_does_not_undo_the_status() {
    let (empty, part) = tokio::join!(
        answer_that_drips(b"HTTP/1.1 204 No Content\r\n\r\n"),
        answer_that_drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"),
    );
    assert_eq!(empty.status, 204);
    assert_eq!(
        part,
        Answer {
            status: 200,
            body_head: b"part".to_vec()
        }
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_connection_fault_without_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let fault = client_for(&origin)
        .post(&format!("{origin}/hook"), "text/plain", "x")
        .await;
    let Err(fault @ DeliveryError::Connect(_)) = fault else {
        panic!("{fault:?}")
    };
    assert!(!fault.to_string().contains("127.0.0.1"), "{fault}");
}

#[tokio::test]
async fn one_request_looks_its_name_up_once_and_connects_to_that_answer() {
    let server = MockServer::start().await;
    Mock::given(path("/hook"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let origin = format!("http://provider.example:{}", server.address().port());
    let resolver = Scripted::new(&[&["127.0.0.1"], &["192.0.2.1"]]);
    let policy = HttpPolicy {
        allow: vec![origin.parse().unwrap()],
        ..HttpPolicy::default()
    };
    let client = GuardedClient::with_resolver(policy, Arc::new(resolver.clone())).unwrap();

    let answer = client
        .post(&format!("{origin}/hook"), "text/plain", "x")
        .await
        .unwrap();

    assert_eq!((answer.status, resolver.asked()), (200, 1));
}

#[tokio::test]
async fn a_name_that_changes_to_a_closed_address_gets_no_connection() {
    // Nothing answers the first look-up; the next one points at this machine.
    let resolver = Scripted::new(&[&[], &["127.0.0.1"], &["::1"]]);
    let client =
        GuardedClient::with_resolver(HttpPolicy::default(), Arc::new(resolver.clone())).unwrap();
    let url = "https://provider.example/hook";

    let first = client.post(url, "text/plain", "x").await;
    assert!(matches!(first, Err(DeliveryError::Connect(_))), "{first:?}");
    for _ in 0..2 {
        let later = client.post(url, "text/plain", "x").await;
        assert!(matches!(later, Err(DeliveryError::Closed(_))), "{later:?}");
    }
    assert_eq!(resolver.asked(), 3);
}

#[tokio::test]
async fn an_allowed_origin_does_not_open_its_host_on_another_port() {
    let server = MockServer::start().await;
    let resolver = Scripted::new(&[&["127.0.0.1"]]);
    let allow = vec![
        format!("http://provider.example:{}", server.address().port())
            .parse()
            .unwrap(),
    ];
    let policy = HttpPolicy {
        allow,
        ..HttpPolicy::default()
    };
    let client = GuardedClient::with_resolver(policy, Arc::new(resolver)).unwrap();

    let fault = client
        .post("https://provider.example/hook", "text/plain", "x")
        .await;

    assert!(matches!(fault, Err(DeliveryError::Closed(_))), "{fault:?}");
}
