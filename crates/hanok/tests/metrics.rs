//! What a program that watches Hanok is told: by a listener of its own, or with the operator's token.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, and says what was not run"
)]

#[path = "metrics/board.rs"]
mod board;
#[path = "metrics/lists.rs"]
mod lists;
#[path = "metrics/scraped.rs"]
mod scraped;
#[path = "metrics/watched.rs"]
mod watched;

use std::io::Write;
use std::process::{Command, Stdio};

use hanok_db::Db;
use hanok_db::testing::Postgres;
use hanok_testkit::{Client, free_port};
use serde_json::json;

use scraped::Scraped;
use watched::{TOKEN, Watched};

/// Debian's linter of metrics, where it is installed.
fn lint(page: &str) {
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = promtool else {
        println!("not run: promtool check metrics, because promtool is not installed");
        return;
    };
    let mut input = promtool.stdin.take().unwrap();
    input.write_all(page.as_bytes()).unwrap();
    drop(input);
    let said = promtool.wait_with_output().unwrap();
    let words = [said.stdout.as_slice(), b"\n", &said.stderr].concat();
    let words = String::from_utf8(words).unwrap();
    assert!(said.status.success() && words.trim().is_empty(), "{words}");
}

/// What a walk through the demo, a wrong password, a page that is not there, a made-up method and a sign-in by a
/// phone that nobody asked for come to.
const COUNTED: &[(&str, f64)] = &[
    ("hanok_transactions_requested_total", 1.0),
    (
        r#"hanok_transactions_ended_total{state="COMPLETED",reason=""}"#,
        1.0,
    ),
    ("hanok_callback_delivery_duration_seconds_count", 1.0),
    (
        r#"hanok_http_requests_total{route="/api/v1/auth/request",method="POST",status="2xx"}"#,
        1.0,
    ),
    (
        r#"hanok_http_request_duration_seconds_count{route="/api/v1/auth/request",method="POST"}"#,
        1.0,
    ),
    (
        r#"hanok_http_requests_total{route="-",method="GET",status="4xx"}"#,
        1.0,
    ),
    (
        r#"hanok_http_requests_total{route="/health",method="other",status="4xx"}"#,
        1.0,
    ),
    (
        r#"hanok_http_refused_requests_total{code="invalid_credentials"}"#,
        1.0,
    ),
    (
        r#"hanok_http_refused_requests_total{code="not_found"}"#,
        1.0,
    ),
    (
        r#"hanok_sign_ins_total{way="password",outcome="wrong"}"#,
        1.0,
    ),
    (
        r#"hanok_sign_ins_total{way="phone",outcome="refused"}"#,
        1.0,
    ),
    (r#"hanok_sign_ins_total{way="phone",outcome="ok"}"#, 0.0),
    (
        r#"hanok_transactions_ended_total{state="FAILED",reason="denied"}"#,
        0.0,
    ),
    (r#"hanok_callback_deliveries_total{outcome="dead"}"#, 0.0),
    ("hanok_http_requests_in_flight", 0.0),
    ("hanok_live_sockets", 0.0),
    ("hanok_hash_pool_taken", 0.0),
    ("hanok_hash_pool_running", 0.0),
    ("hanok_dead_letters", 0.0),
    (
        r#"hanok_outbox_unsent_events{topic="provider_callbacks"}"#,
        0.0,
    ),
];

/// What there is at least one of then.
const SEEN: &[&str] = &[
    r#"hanok_sign_ins_total{way="password",outcome="ok"}"#,
    r#"hanok_store_statement_duration_seconds_count{engine="sqlite",statement="insert audit_log"}"#,
    r#"hanok_store_units_total{engine="sqlite",outcome="committed"}"#,
    "hanok_outbox_sent_events_total",
    r#"hanok_job_attempts_total{kind="identity.deliver_callback",outcome="done"}"#,
    "hanok_hashes_total",
    "hanok_hash_duration_seconds_count",
    "hanok_people_online",
    "hanok_data_directory_free_bytes",
    "process_resident_memory_bytes",
];

#[tokio::test]
async fn a_walk_through_the_demo_is_on_the_page_and_the_page_is_as_prometheus_wants_it() {
    let watched = Watched::demo().await;
    let client = watched.client();
    watched.walk();
    let wrong = json!({ "username": "nobody", "password": "not their password" });
    client
        .post("/api/v1/auth/login")
        .json(wrong)
        .await
        .assert_status(401);
    client
        .get("/there/is/no/such/page")
        .await
        .assert_status(404);
    client.call("BREW".parse().unwrap(), "/health").await;
    let finish = client.post("/login/phone/finish").form(&[("next", "/")]);
    finish
        .header("cookie", "hanok_sign_in=made-up")
        .await
        .assert_status(302);
    // The callback goes out by itself; the page says when it has.
    let told = r#"hanok_callback_deliveries_total{outcome="delivered"}"#;
    let page = watched.page_where(|page| page.of(told) == Some(1.0)).await;
    for (sample, value) in COUNTED {
        assert_eq!(page.of(sample), Some(*value), "{sample}");
    }
    for at_least_one in SEEN {
        assert!(page.of(at_least_one) >= Some(1.0), "{at_least_one}");
    }
    page.assert_each_is_explained();
    lint(&page.text);
}

#[tokio::test]
async fn nothing_personal_and_nothing_that_somebody_typed_becomes_a_label() {
    let watched = Watched::demo().await;
    let client = watched.client();
    for typed in [
        "/typed-by-somebody",
        "/api/v1/auth/status/typed-by-somebody",
    ] {
        client.get(typed).await;
    }
    let login = json!({ "username": "typed-by-somebody", "password": "typed-by-somebody" });
    client.post("/api/v1/auth/login").json(login).await;
    watched.walk();
    let page = watched.page().await;
    assert!(!page.text.contains("typed-by-somebody"));
    // An id may well hold "010-", so only whole parts of labels that begin like a number count.
    for personal in ["\"010", "+82", "127.0.0.1", "doyun"] {
        assert!(!page.text.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn the_main_listener_tells_whoever_has_the_token_alone() {
    let watched = Watched::serving(&[("HANOK__METRICS__TOKEN", TOKEN)]).await;
    let client = watched.client();
    client
        .get("/metrics")
        .await
        .assert_problem(401, "unauthorized");
    for wrong in ["a-token-of-somebody-else", "", &format!("{TOKEN}x")] {
        let refused = client.clone().bearer(wrong).get("/metrics").await;
        refused.assert_problem(401, "unauthorized");
    }
    let told = client
        .bearer(TOKEN)
        .get("/metrics")
        .await
        .assert_status(200);
    assert_eq!(
        told.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let page = Scraped::read(&told.text);
    assert_eq!(
        page.of(r#"hanok_http_refused_requests_total{code="unauthorized"}"#),
        Some(4.0)
    );
    page.assert_each_is_explained();
    lint(&page.text);
}

#[tokio::test]
async fn over_postgresql_the_same_is_told_and_each_process_looks_at_the_whole_store() {
    let Some(server) = Postgres::from_env() else {
        println!("not run: metrics over PostgreSQL, because HANOK_TEST_POSTGRES is unset");
        return;
    };
    let database = server.database(&[]).await.unwrap();
    let url = database.config().postgres_url.as_ref().unwrap().expose();
    let settings = [
        ("HANOK__STORE__ENGINE", "postgres"),
        ("HANOK__STORE__POSTGRES_URL", url),
        // Servers of one installation have one key ring.
        ("SECRET_KEY", "a secret of this test alone, long enough"),
    ];
    let (one, other) = (
        Watched::serving(&settings).await,
        Watched::serving(&settings).await,
    );
    let unsent = "INSERT INTO outbox (event_id, topic, event_key, event_type, version, payload, occurred_at, \
        next_at) VALUES (gen_random_uuid(), 'notifications', 'k', 't', 1, '{}', 1, 9000000000000000)";
    let db = Db::open(database.config()).await.unwrap();
    db.hand_written(unsent).await.unwrap();
    for watched in [&one, &other] {
        let waiting = r#"hanok_outbox_unsent_events{topic="notifications"}"#;
        let is_seen = |page: &Scraped| page.of(waiting) == Some(1.0);
        let page = watched.page_where(is_seen).await;
        assert!(
            page.of("hanok_outbox_lag_seconds") > Some(1e9),
            "since 1970"
        );
        let looked = r#"hanok_store_statement_duration_seconds_count{engine="postgres",statement="select outbox"}"#;
        assert!(page.of(looked) >= Some(1.0));
        assert_eq!(page.of("hanok_people_online"), Some(0.0));
        page.assert_each_is_explained();
        lint(&page.text);
    }
}

/// Nobody is turned away for asking often, and no row is sealed meanwhile.
const LISTED: [(&str, &str); 6] = [
    ("HANOK__LIMITS__ADDRESS_PER_MINUTE", "1000000"),
    ("HANOK__LIMITS__ACCOUNT_PER_MINUTE", "1000000"),
    ("HANOK__LIMITS__USER_LIST_PER_MINUTE", "1000000"),
    ("HANOK__LIMITS__BOARD_WRITE_PER_MINUTE", "1000000"),
    ("HANOK__LIMITS__BOARD_LIGHT_PER_MINUTE", "1000000"),
    ("HANOK__AUDIT__SEAL_INTERVAL_MS", "60000"),
];

#[tokio::test]
async fn no_list_takes_more_than_five_statements() {
    lists::each_takes_few(&Watched::filled(&LISTED).await).await;
}

#[tokio::test]
async fn no_list_takes_more_than_five_statements_over_postgresql() {
    let Some(server) = Postgres::from_env() else {
        println!("not run: the lists over PostgreSQL, because HANOK_TEST_POSTGRES is unset");
        return;
    };
    let database = server.database(&[]).await.unwrap();
    let url = database.config().postgres_url.as_ref().unwrap().expose();
    let engine = [
        ("HANOK__STORE__ENGINE", "postgres"),
        ("HANOK__STORE__POSTGRES_URL", url),
    ];
    let settings = [&LISTED[..], &engine].concat();
    lists::each_takes_few(&Watched::filled(&settings).await).await;
}

#[tokio::test]
async fn without_a_token_the_main_listener_has_no_such_page() {
    let watched = Watched::serving(&[]).await;
    let client = watched.client();
    client
        .get("/metrics")
        .await
        .assert_problem(404, "not_found");
    let any = client.bearer(TOKEN).get("/metrics").await;
    any.assert_problem(404, "not_found");
}

#[tokio::test]
async fn where_nothing_is_counted_nothing_is_told() {
    let settings = [
        ("HANOK__METRICS__TOKEN", TOKEN),
        ("HANOK__METRICS__ENABLED", "false"),
    ];
    let watched = Watched::serving(&settings).await;
    let told = watched.client().bearer(TOKEN).get("/metrics").await;
    told.assert_problem(404, "not_found");
    let aside = Client::new(&watched.aside).get("/metrics").try_send().await;
    assert!(aside.is_none(), "nobody listens there");
}

#[tokio::test]
async fn what_is_wrong_is_told_here_and_from_afar_with_the_token_alone() {
    let settings = [
        ("HANOK__METRICS__TOKEN", TOKEN),
        ("HANOK__WEB__TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let watched = Watched::serving(&settings).await;
    let here = watched.client();
    let ready = here.get("/health/ready").await.assert_status(200);
    assert_eq!(ready.body["checks"][0]["name"], "store");
    let afar = here.header("x-forwarded-for", "203.0.113.9");
    let ready = afar.get("/health/ready").await.assert_status(200);
    assert_eq!(ready.body, json!({ "status": "ok" }));
    let guessed = afar.clone().bearer("a-token-of-somebody-else");
    assert!(guessed.get("/health/ready").await.body["checks"].is_null());
    let known = afar.bearer(TOKEN).get("/health/ready").await;
    assert_eq!(known.body["checks"][0]["name"], "store");
}

#[test]
fn an_address_that_is_taken_is_said_before_anything_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let refused = watched::hanok(&directory)
        .arg("serve")
        .env("PORT", free_port().to_string())
        .env(
            "HANOK__METRICS__LISTEN",
            taken.local_addr().unwrap().to_string(),
        )
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for word in [
        "metrics.listen",
        "taken by another program",
        "choose another",
    ] {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
    assert!(!directory.path().join("data").exists());
}
