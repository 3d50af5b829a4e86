//! `hanok log` while servers run.

use hanok_testkit::{Client, free_port};
use serde_json::Value;

use crate::on_both;
use crate::place::{Place, Server, until};

const TARGET: &str = "hanok_web::refused";

/// Asks for what only somebody who is signed in gets.
async fn be_refused(port: u16) {
    let client = Client::new(&format!("http://127.0.0.1:{port}"));
    client.get("/api/v1/me").await.assert_status(401);
}

/// How often the log tells why a request was refused.
fn refusals(place: &Place) -> usize {
    place.log("application").matches(TARGET).count()
}

/// Waits until the servers have taken a change up so often.
async fn taken_up(place: &Place, times: usize) {
    until(async || place.log("security").matches("log levels changed").count() >= times).await;
}

/// Every server that there may be: one on SQLite, two on PostgreSQL.
async fn all_servers(place: &Place) -> (Vec<Server>, Vec<u16>) {
    let mut ports = vec![place.port];
    if !place.is_sqlite() {
        ports.push(free_port());
    }
    let mut servers = Vec::new();
    for port in &ports {
        servers.push(place.serve_on(*port).await);
    }
    (servers, ports)
}

fn shown(place: &Place) -> Vec<Value> {
    let told: Value = serde_json::from_str(&place.done(&["log", "show", "--json"])).unwrap();
    told["levels"].as_array().unwrap().clone()
}

on_both! {
    async fn every_running_server_takes_a_level_up_and_gives_it_back(place) {
        place.done(&["migrate"]);
        let (servers, ports) = all_servers(&place).await;
        let count = ports.len();
        for &port in &ports {
            be_refused(port).await;
        }
        place.done(&["log", "set", "hanok_web::refused=debug", "--for", "1h"]);
        taken_up(&place, count).await;
        assert_eq!(refusals(&place), 0);
        for &port in &ports {
            be_refused(port).await;
        }
        until(async || refusals(&place) == count).await;
        place.done(&["log", "reset"]);
        taken_up(&place, 2 * count).await;
        for &port in &ports {
            be_refused(port).await;
        }
        servers.into_iter().for_each(Server::stop);
        assert_eq!(refusals(&place), count);
    }

    async fn a_level_goes_when_its_time_is_over(place) {
        place.done(&["migrate"]);
        let server = place.serve().await;
        place.done(&["log", "set", "hanok_web::refused=debug", "--for", "8s"]);
        taken_up(&place, 2).await;
        be_refused(place.port).await;
        server.stop();
        assert_eq!(refusals(&place), 0);
        assert!(shown(&place).iter().all(|it| it["target"] != TARGET));
    }

    async fn the_security_log_goes_on_when_everything_is_silenced(place) {
        place.done(&["migrate"]);
        place.account("doyun");
        let server = place.serve().await;
        place.done(&["log", "set", "error"]);
        taken_up(&place, 1).await;
        let client = Client::new(&format!("http://127.0.0.1:{}", place.port));
        let wrong = serde_json::json!({ "username": "doyun", "password": "Nothing-7-here!" });
        client.post("/api/v1/auth/login").json(wrong).await.assert_status(401);
        server.stop();
        assert!(place.log("security").contains("USER_LOGIN_FAILED"));
        assert!(!place.log("access").contains("/api/v1/auth/login"));
    }

    async fn a_change_is_shown_and_on_the_audit_trail(place) {
        place.done(&["migrate"]);
        let changes = "SELECT COUNT(*) FROM audit_log WHERE action = 'CONFIG_CHANGE'";
        place.done(&["log", "set", "warn", "hanok_db=debug"]);
        assert_eq!(place.number(changes).await, 1);
        let levels = shown(&place);
        let of = |target: &str| levels.iter().find(|it| it["target"] == target).unwrap().clone();
        assert_eq!(of("*")["level"], "warn");
        assert_eq!(of("security")["level"], "info");
        assert_eq!(of("hanok_db")["level"], "debug");
        assert!(of("hanok_db")["from"].as_str().unwrap().starts_with("hanok log set"));
        assert_eq!((&of("refinery_core")["level"], &of("refinery_core")["from"]), (&"warn".into(), &"default".into()));
        place.done(&["log", "reset", "hanok_db"]);
        assert_eq!(place.number(changes).await, 2);
        let unknown = place.run(&["log", "reset", "hanok_db"]);
        assert_eq!(unknown.status.code(), Some(1));
        assert_eq!(place.number(changes).await, 2);
        let details = "SELECT COUNT(*) FROM audit_log WHERE details LIKE '%\"hanok_db\":\"debug\"%'";
        assert_eq!(place.number(details).await, 1);
    }
}

#[test]
fn production_refuses_debug_and_nobody_thins_out_the_security_log() {
    let mut place = Place::sqlite();
    place.done(&["migrate"]);
    let refused = |place: &Place, change: &str, words: &str| {
        let output = place.run(&["log", "set", change]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    };
    refused(&place, "security=error", "the security log is kept whole");
    refused(
        &place,
        "loud",
        "expected one of error, warn, info, debug, trace",
    );
    place.set("environment", "production");
    refused(&place, "hanok_db=debug", "production refuses debug levels");
    refused(&place, "trace", "production refuses debug levels");
    place.done(&["log", "set", "hanok_db=warn"]);
}
