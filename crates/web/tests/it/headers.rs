//! Security headers and compression.

use axum::http::StatusCode;

use crate::app::{fetch, stack};

#[tokio::test]
async fn every_answer_is_guarded_against_misuse_by_browsers() {
    let stack = stack();
    for path in [
        "/api/v1/ping",
        "/api/v1/nowhere",
        "/api/v1/panic",
        "/plain",
        "/nowhere",
    ] {
        let answer = fetch(&stack, path, &[]).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        let policy = "default-src 'none'; frame-ancestors 'none'";
        assert_eq!(answer.header("content-security-policy"), policy);
        let is_api = path.starts_with("/api");
        assert_eq!(
            answer.header("cache-control"),
            if is_api { "no-store" } else { "" }
        );
        assert!(!answer.headers.contains_key("strict-transport-security"));
    }
}

#[tokio::test]
async fn what_is_large_is_compressed_and_what_is_small_is_not() {
    let stack = stack();
    let plain = fetch(&stack, "/api/v1/big", &[]).await;
    assert_eq!(plain.header("content-encoding"), "");
    for coding in ["br", "gzip"] {
        let answer = fetch(&stack, "/api/v1/big", &[("accept-encoding", coding)]).await;
        assert_eq!(
            (answer.status, answer.header("content-encoding")),
            (StatusCode::OK, coding)
        );
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert!(answer.body.len() < plain.body.len() / 10);
        let small = fetch(&stack, "/api/v1/ping", &[("accept-encoding", coding)]).await;
        assert_eq!(small.header("content-encoding"), "");
    }
    for (accepted, coding) in [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"),
        ("gzip;q=0, br", "br"),
        ("GZIP ; q=0.5 , br", "gzip"),
        ("gzip;q=0, zstd", ""),
        ("gzip;q=much, br", "br"),
    ] {
        let answer = fetch(&stack, "/api/v1/big", &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding"), coding, "{accepted}");
    }
}
