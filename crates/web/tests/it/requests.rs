//! Request ids, trailing slashes and sizes.

use axum::http::StatusCode;

use crate::app::{fetch, send, stack, web, with};

#[tokio::test]
async fn every_path_answers_with_and_without_the_trailing_slash() {
    let stack = stack();
    for path in ["/api/v1/ping", "/api/v1/ping/", "/api/v1/ping//", "/plain/"] {
        assert_eq!(
            fetch(&stack, path, &[]).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
    assert_eq!(
        fetch(&stack, "/api/v1/list/?days=3", &[]).await.json()["days"],
        3
    );
    assert_eq!(
        send(&stack, "/api/v1/orders/", r#"{"name":"a"}"#, &[])
            .await
            .status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn the_handler_sees_the_id_the_answer_carries() {
    let stack = stack();
    let first = fetch(&stack, "/api/v1/ping", &[]).await;
    assert_eq!(first.json()["request_id"], first.header("x-request-id"));
    let second = fetch(
        &stack,
        "/api/v1/ping",
        &[("x-request-id", "chosen-by-a-stranger")],
    )
    .await;
    assert_ne!(second.header("x-request-id"), "chosen-by-a-stranger");
    assert_ne!(second.header("x-request-id"), first.header("x-request-id"));
}

#[tokio::test]
async fn a_trusted_proxys_id_is_kept_if_it_is_sane() {
    let mut config = web();
    config.trusted_proxies = vec!["127.0.0.1".to_owned()];
    let stack = with(config);
    let kept = fetch(&stack, "/api/v1/ping", &[("x-request-id", "edge-1")]).await;
    assert_eq!(kept.header("x-request-id"), "edge-1");
    for id in ["", "with space", "한옥", &"x".repeat(65)] {
        let answer = fetch(&stack, "/api/v1/ping", &[("x-request-id", id)]).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{id}");
    }
}

#[tokio::test]
async fn headers_and_targets_beyond_their_bounds_are_refused() {
    let stack = stack();
    let long = "x".repeat(9_000);
    let answer = fetch(&stack, "/api/v1/ping", &[("x-filler", &long)]).await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(answer.code(), "headers_too_large");
    let answer = fetch(&stack, &format!("/api/v1/{long}"), &[]).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::URI_TOO_LONG, "uri_too_long")
    );
}
