//! `hanok doctor` over an installation that is well, and over one where each thing is broken in turn.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use hanok_testkit::free_port;

use crate::on_both;
use crate::place::{Told, chmod};

const RING: &str = "keys/key-ring.json";

on_both! {
    async fn an_installation_is_well_before_its_first_start_and_while_it_serves(place) {
        place.done(&["migrate"]);
        let before = Told::by(&place, &[]);
        before.failed(&[]);
        before.is("store", "ok", &["a durable write takes"]);
        before.is("port", "ok", &["is free"]);
        before.is("audit", "ok", &["nothing is linked yet"]);
        before.is("mail", "skipped", &["captured"]);
        let server = place.serve().await;
        let running = Told::by(&place, &[]);
        running.failed(&[]);
        running.is("port", "ok", &["a server of hanok answers", "this installation's"]);
        server.stop();
        let table = place.done(&["doctor"]);
        assert!(table.starts_with("state") && table.contains(" 0 failed, "), "{table}");
    }

    async fn what_is_not_there_is_told_of_and_not_made(place) {
        let told = Told::by(&place, &[]);
        told.failed(&[]);
        told.is("directory", "ok", &["nothing is here yet", "hanok serve"]);
        told.is("keys", "skipped", &["nothing is here yet", "hanok serve"]);
        if place.is_sqlite() {
            told.is("store", "skipped", &["nothing is here yet", "hanok serve"]);
        } else {
            told.is("store", "ok", &["opens"]);
            told.is("migrations", "skipped", &["database is empty", "hanok serve"]);
        }
        told.is("audit", "skipped", &["nothing is here yet"]);
        told.is("port", "ok", &["is free"]);
        assert_eq!(fs::read_dir(place.directory.path()).unwrap().count(), 0);
    }

    async fn a_store_that_does_not_open_says_where_to_look(place) {
        place.done(&["migrate"]);
        if place.is_sqlite() {
            fs::write(place.file("hanok.db"), "a letter, and no database at all. ".repeat(200)).unwrap();
            for beside in ["hanok.db-wal", "hanok.db-shm"] {
                let _ = fs::remove_file(place.file(beside));
            }
        } else {
            let url = format!("postgres://hanok:secret-word@127.0.0.1:{}/hanok", free_port());
            place.set("store.postgres_url", &url);
        }
        let told = Told::by(&place, &[]);
        told.failed(&["store"]);
        for check in ["migrations", "clock", "audit", "events"] {
            told.is(check, "skipped", &["does not open"]);
        }
        assert!(!told.all.to_string().contains("secret-word"));
    }

    async fn a_store_that_takes_no_rows_is_found(place) {
        place.done(&["migrate"]);
        let refuse = "CREATE TRIGGER closed BEFORE INSERT ON doctor_probe BEGIN SELECT RAISE(ABORT, 'hanok: closed'); END";
        place.by_hand(refuse, "DROP TABLE doctor_probe").await;
        let told = Told::by(&place, &[]);
        told.failed(&["store"]);
        told.is("store", "failed", &["does not take a row", "restore a backup"]);
    }

    async fn migrations_that_wait_are_named(place) {
        place.done(&["migrate"]);
        let undone = "DROP TABLE log_level; DROP TABLE doctor_probe; DELETE FROM operator_migrations";
        place.by_hand(undone, undone).await;
        let told = Told::by(&place, &[]);
        told.failed(&["migrations"]);
        told.is("migrations", "failed", &["operator/V1__operator", "hanok migrate"]);
        told.is("audit", "skipped", &["migrations wait"]);
        place.done(&["migrate"]);
        Told::by(&place, &[]).failed(&[]);
    }

    async fn a_key_ring_that_is_no_ring_or_another_installations_is_found(place) {
        place.done(&["migrate"]);
        place.done(&["log", "set", "hanok_web=warn"]);
        place.serve().await.stop();
        let ring = place.file(RING);
        let ours = fs::read(&ring).unwrap();
        Told::by(&place, &[]).is("audit", "ok", &["signed by this key ring"]);
        fs::remove_file(&ring).unwrap();
        let told = Told::by(&place, &[]);
        told.failed(&["keys"]);
        told.is("keys", "failed", &["there is no key ring", "from its backup"]);
        told.is("audit", "skipped", &["no key ring"]);
        place.done(&["migrate"]);
        let told = Told::by(&place, &[]);
        told.failed(&["audit"]);
        told.is("audit", "failed", &["not signed by a key of this ring"]);
        fs::write(&ring, "{\"sealing\":").unwrap();
        let told = Told::by(&place, &[]);
        told.failed(&["keys"]);
        told.is("keys", "failed", &["is not a key ring", "from its backup"]);
        fs::write(&ring, ours).unwrap();
        Told::by(&place, &[]).failed(&[]);
    }

    async fn an_audit_trail_that_was_cut_off_or_lost_its_file_is_found(place) {
        place.done(&["migrate"]);
        place.done(&["log", "set", "hanok_web=warn"]);
        place.serve().await.stop();
        fs::rename(place.file("audit-checkpoints.jsonl"), place.file("elsewhere")).unwrap();
        let told = Told::by(&place, &[]);
        told.failed(&[]);
        told.is("audit", "warning", &["there is no checkpoint file", "audit verify"]);
        fs::rename(place.file("elsewhere"), place.file("audit-checkpoints.jsonl")).unwrap();
        place.by_hand(
            "DROP TRIGGER audit_chain_kept; DELETE FROM audit_chain",
            "DROP TRIGGER audit_chain_kept ON audit_chain; DELETE FROM audit_chain",
        ).await;
        let told = Told::by(&place, &[]);
        told.failed(&["audit"]);
        told.is("audit", "failed", &["links were cut off", "audit verify"]);
        let gone = "DELETE FROM audit_head";
        place.by_hand(gone, gone).await;
        Told::by(&place, &[]).is("audit", "failed", &["removed the signed head"]);
    }

    async fn rows_from_the_future_say_that_the_clock_was_set_back(place) {
        place.done(&["migrate"]);
        place.by_hand(
            "INSERT INTO audit_log (id, at, action) VALUES (X'ffffffffffff7fffbfffffffffffffff', 4102444800000000, 'USER_LOGIN')",
            "INSERT INTO audit_log (id, at, action) VALUES ('ffffffff-ffff-7fff-bfff-ffffffffffff', 4102444800000000, 'USER_LOGIN')",
        ).await;
        let told = Told::by(&place, &[]);
        told.failed(&["clock"]);
        told.is("clock", "failed", &["from now", "NTP"]);
    }

    async fn files_that_others_may_read_or_that_belong_to_others_are_found(place) {
        place.done(&["migrate"]);
        chmod(&place.file(RING), 0o644);
        let told = Told::by(&place, &[]);
        told.failed(&["permissions"]);
        told.is("permissions", "failed", &["mode 644", "chmod 600"]);
        chmod(&place.file(RING), 0o600);
        chmod(&place.file(""), 0o755);
        let told = Told::by(&place, &[]);
        told.failed(&[]);
        told.is("permissions", "warning", &["mode 755", "chmod 700"]);
        chmod(&place.file(""), 0o700);
        assert_foreign_files_are_found(&place);
    }

    async fn what_was_given_up_is_told_of(place) {
        place.done(&["migrate"]);
        place.by_hand(
            "INSERT INTO dead_letter VALUES (zeroblob(16), 'job', 'mail', zeroblob(16), NULL, 'k', 'mail', 1, '{}', 0, 10, 'refused', 0)",
            "INSERT INTO dead_letter VALUES (gen_random_uuid(), 'job', 'mail', gen_random_uuid(), NULL, 'k', 'mail', 1, '{}', 0, 10, 'refused', 0)",
        ).await;
        let told = Told::by(&place, &[]);
        told.failed(&[]);
        told.is("events", "warning", &["1 dead letters", "hanok events replay"]);
    }

    async fn a_port_that_another_program_holds_is_found(place) {
        place.done(&["migrate"]);
        let _other = TcpListener::bind(("127.0.0.1", place.port)).unwrap();
        let told = Told::by(&place, &[]);
        told.failed(&["port"]);
        told.is("port", "failed", &["held by another program", &std::process::id().to_string(), "another port (PORT"]);
        place.set("server.host", "192.0.2.1");
        Told::by(&place, &[]).is("port", "failed", &["no address of this machine", "server.host"]);
    }

    async fn the_port_of_the_metrics_is_looked_at_too(place) {
        place.done(&["migrate"]);
        let listen = format!("127.0.0.1:{}", free_port());
        place.set("metrics.listen", &listen);
        let server = place.serve().await;
        Told::by(&place, &[]).is("metrics", "ok", &["a server of hanok answers"]);
        server.stop();
        Told::by(&place, &[]).is("metrics", "ok", &["is free"]);
        let _other = TcpListener::bind(&listen).unwrap();
        let told = Told::by(&place, &[]);
        told.failed(&["metrics"]);
        told.is("metrics", "failed", &["held by another program", "metrics.listen"]);
    }
}

/// Only root can give a file away.
#[expect(
    clippy::print_stdout,
    reason = "a test that does not run must not look as if it had"
)]
fn assert_foreign_files_are_found(place: &crate::place::Place) {
    let lost = place.file("lost");
    fs::write(&lost, "").unwrap();
    if fs::metadata(&lost).unwrap().uid() != 0 {
        println!("not run: files that belong to others (this user cannot make one)");
        return;
    }
    chown(&lost, Some(54_321), None).unwrap();
    let told = Told::by(place, &[]);
    told.failed(&["permissions"]);
    told.is(
        "permissions",
        "failed",
        &["belongs to user 54321", "chown -R "],
    );
}

#[tokio::test]
async fn old_keys_and_keys_beside_their_data_are_warned_about() {
    let mut place = crate::place::Place::sqlite();
    place.done(&["migrate"]);
    let ring = place.file(RING);
    let text = fs::read_to_string(&ring).unwrap();
    let made: serde_json::Value = serde_json::from_str(&text).unwrap();
    let made = made["sealing"][0]["created_at"]
        .as_str()
        .unwrap()
        .to_owned();
    fs::write(&ring, text.replace(&made, "2020-01-01T00:00:00Z")).unwrap();
    let told = Told::by(&place, &[]);
    told.failed(&[]);
    told.is("keys", "warning", &["days old", "hanok keys rotate"]);
    fs::write(&ring, text.replace(&made, "2100-01-01T00:00:00Z")).unwrap();
    Told::by(&place, &[]).is("keys", "warning", &["yet to come", "clock"]);
    fs::write(&ring, &text).unwrap();
    place.set("environment", "production");
    let told = Told::by(&place, &[]);
    told.failed(&[]);
    told.is("keys", "warning", &["beside the data", "keys.directory"]);
    told.is("address", "warning", &["without TLS", "web.public_url"]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::rename(&ring, elsewhere.path().join("key-ring.json")).unwrap();
    place.set("keys.directory", &elsewhere.path().display().to_string());
    Told::by(&place, &[]).is("keys", "ok", &[&elsewhere.path().display().to_string()]);
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_is_warned_about() {
    let mut place = crate::place::Place::sqlite();
    place.done(&["migrate"]);
    place.set("web.public_url", "http://localhost:1");
    let told = Told::by(&place, &[]);
    told.failed(&[]);
    told.is(
        "address",
        "warning",
        &["where links lead", "web.public_url"],
    );
    place.set("web.public_url", "https://id.example.com");
    place.set("web.trusted_proxies", "127.0.0.1");
    Told::by(&place, &[]).is("address", "ok", &["a proxy ends TLS"]);
}

#[tokio::test]
async fn a_wrong_configuration_is_told_of_before_anything_is_looked_at() {
    let mut place = crate::place::Place::sqlite();
    place.set("server.port", "many");
    let output = place.run(&["doctor"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("server.port"));
    assert!(!Path::new(&place.file("")).exists());
}

#[tokio::test]
async fn kafka_alone_is_tried_where_only_that_is_asked() {
    let place = crate::place::Place::sqlite();
    let told = Told::by(&place, &["--kafka"]);
    told.failed(&[]);
    told.is("kafka", "skipped", &["events.bus"]);
    assert_eq!(told.all["checks"].as_array().unwrap().len(), 1);
}
