//! Refusals and faults, as they are told.

use axum::body::Body;
use axum::http::{Method, StatusCode};

use crate::app::{call, fetch, request, send, stack};

#[tokio::test]
async fn an_unknown_path_is_a_problem_to_programs_and_a_page_to_people() {
    let stack = stack();
    let html = [("accept", "text/html,application/xhtml+xml")];
    for (path, headers) in [
        ("/api/v1/nowhere", &[][..]),
        ("/api", &html[..]),
        ("/nowhere", &[][..]),
    ] {
        let answer = fetch(&stack, path, headers).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::NOT_FOUND, "not_found")
        );
    }
    let page = fetch(&stack, "/nowhere", &html).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text().contains("<a href=\"/\">첫 화면으로</a>"));
    assert!(page.text().contains(page.header("x-request-id")));
}

#[tokio::test]
async fn a_wrong_method_is_405_and_names_the_right_ones() {
    let answer = send(&stack(), "/api/v1/list", "{}", &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.code(), "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let odd = request(
        Method::from_bytes(b"BREW").unwrap(),
        "/api/v1/me",
        &[],
        Body::empty(),
    );
    assert_eq!(call(&stack(), odd).await.header("allow"), "GET,HEAD,POST");
}

#[tokio::test]
async fn the_detail_is_in_the_callers_language_and_the_title_is_stable() {
    let stack = stack();
    for (headers, language, detail) in [
        (vec![], "ko", "요청의 유효 시간이 지났습니다."),
        (
            vec![("accept-language", "en-US,en;q=0.9")],
            "en",
            "The time for this request is over.",
        ),
        (
            vec![("authorization", "Bearer english")],
            "en",
            "The time for this request is over.",
        ),
        (
            vec![
                ("authorization", "Bearer english"),
                ("accept-language", "ko"),
            ],
            "en",
            "The time for this request is over.",
        ),
    ] {
        let answer = fetch(&stack, "/api/v1/late", &headers).await;
        assert_eq!(answer.code(), "transaction_expired");
        assert_eq!(answer.json()["error"], "Transaction expired");
        assert_eq!(answer.json()["detail"], detail);
        assert_eq!(answer.header("content-language"), language);
    }
}

#[tokio::test]
async fn a_fault_never_shows_its_source() {
    let answer = fetch(&stack(), "/api/v1/fault", &[("accept-language", "en")]).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::INTERNAL_SERVER_ERROR, "internal")
    );
    assert!(!answer.text().contains("cellar"));
}

#[tokio::test]
async fn a_panic_is_500_with_a_request_id_and_the_next_request_is_served() {
    let stack = stack();
    for method in [Method::GET, Method::POST] {
        let answer = call(&stack, request(method, "/api/v1/panic", &[], Body::empty())).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        );
        assert!(!answer.text().contains("roof"));
    }
    assert_eq!(
        fetch(&stack, "/api/v1/ping", &[]).await.status,
        StatusCode::OK
    );
}
