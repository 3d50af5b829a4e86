//! Malformed bodies, path and query parameters: each gets a clear answer that names the place.

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use futures_util::stream;

use crate::app::{Answer, call, fetch, request, send, stack};

async fn order(json: &str) -> Answer {
    send(&stack(), "/api/v1/orders", json, &[]).await
}

fn pair(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[tokio::test]
async fn a_good_body_is_taken_and_unknown_fields_are_passed_over() {
    let answer = order(r#"{"name":"김","age":7,"unheard_of":1}"#).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["name"], "김");
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    for (json, pointer, code) in [
        (r#"{"age":7}"#, "/name", "required"),
        (r#"{"name":7}"#, "/name", "expected_string"),
        (r#"{"name":null}"#, "/name", "expected_string"),
        (r#"{"name":"a","age":"7"}"#, "/age", "expected_integer"),
        (r#"{"name":"a","age":-1}"#, "/age", "invalid_value"),
        (
            r#"{"name":"a","age":7000000000000000000000}"#,
            "/age",
            "expected_integer",
        ),
        (r#"{"name":"a","tags":{}}"#, "/tags", "expected_array"),
        (
            r#"{"name":"a","tags":["b",1]}"#,
            "/tags/1",
            "expected_string",
        ),
        (r#"{"name":"a","place":1}"#, "/place", "expected_object"),
        (
            r#"{"name":"a","place":["b","home"]}"#,
            "/place",
            "expected_object",
        ),
        (
            r#"{"name":"a","place":{"kind":"home"}}"#,
            "/place/city",
            "required",
        ),
        (
            r#"{"name":"a","place":{"city":"b","kind":"away"}}"#,
            "/place/kind",
            "unknown_value",
        ),
        (
            r#"{"name":"a","place":{"x~/y":1}}"#,
            "/place/x~0~1y",
            "unknown_field",
        ),
        (r#"{"name":"a","name":"b"}"#, "/name", "duplicate_field"),
        (r#"{"name":"a\u0000"}"#, "/name", "nul_character"),
        (
            r#"{"name":"a","tags":["\u0000"]}"#,
            "/tags/0",
            "nul_character",
        ),
        (r#"{"name":"a","\u0000":1}"#, "", "nul_character"),
        ("7", "", "expected_object"),
        ("null", "", "expected_object"),
        (r#"["a",7]"#, "", "expected_object"),
    ] {
        let answer = order(json).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{json}");
        assert_eq!(answer.code(), "invalid_request", "{json}");
        assert_eq!(answer.fields(), pair(pointer, code), "{json}");
    }
}

#[tokio::test]
async fn a_backslash_before_u0000_is_no_nul() {
    assert_eq!(
        order(r#"{"name":"\\u0000"}"#).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn what_is_no_json_is_told_by_line_and_column() {
    let answer = order("{\n  \"name\": oops}").await;
    assert_eq!(answer.code(), "invalid_request");
    assert!(
        answer.json()["detail"]
            .as_str()
            .unwrap()
            .contains("2번째 줄")
    );
    for json in [
        "{",
        "{\"name\":\"a\"} trailing",
        "\u{feff}{}",
        "{\"name\":\"\\ud800\"}",
        "{'a':1}",
    ] {
        assert_eq!(order(json).await.code(), "invalid_request", "{json}");
    }
    let deep = "[".repeat(2_000);
    assert_eq!(order(&deep).await.code(), "invalid_request");
}

#[tokio::test]
async fn what_was_typed_is_never_repeated() {
    for json in [
        r#"{"name":"a","age":"135790"}"#,
        r#"{"name":135790}"#,
        r#"{"name":"a","age":135790}"#,
    ] {
        assert!(!order(json).await.text().contains("135790"));
    }
}

#[tokio::test]
async fn a_body_must_be_there_and_be_utf8() {
    let stack = stack();
    let empty = call(
        &stack,
        request(Method::POST, "/api/v1/orders", &[], Body::empty()),
    )
    .await;
    assert_eq!(
        (empty.status, empty.code().as_str()),
        (StatusCode::BAD_REQUEST, "invalid_request")
    );
    let json = [("content-type", "application/json")];
    let body = Body::from(&b"{\"name\":\"\xb1\xe8\"}"[..]);
    let euc = call(&stack, request(Method::POST, "/api/v1/orders", &json, body)).await;
    assert_eq!(
        (euc.status, euc.code().as_str()),
        (StatusCode::BAD_REQUEST, "invalid_request")
    );
    assert!(euc.json()["detail"].as_str().unwrap().contains("UTF-8"));
}

#[tokio::test]
async fn other_content_types_and_encodings_are_415() {
    let stack = stack();
    for (kind, encoding) in [
        ("text/plain", "identity"),
        ("application/x-www-form-urlencoded", "identity"),
        ("application/json; charset=euc-kr", "identity"),
        ("application/json", "gzip"),
        ("", "identity"),
        ("application/json-seq", "identity"),
    ] {
        let headers = [("content-type", kind), ("content-encoding", encoding)];
        let answer = send(&stack, "/api/v1/orders", r#"{"name":"a"}"#, &headers).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{kind} {encoding}"
        );
        assert_eq!(answer.code(), "unsupported_media_type");
    }
    for kind in [
        "application/json; charset=UTF-8",
        "Application/JSON",
        "application/merge-patch+json",
    ] {
        let answer = send(
            &stack,
            "/api/v1/orders",
            r#"{"name":"a"}"#,
            &[("content-type", kind)],
        )
        .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{kind}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_413_however_it_comes() {
    let long = format!(r#"{{"name":"{}"}}"#, "a".repeat(5_000));
    let announced = order(&long).await;
    assert_eq!(
        (announced.status, announced.code().as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large")
    );
    assert_eq!(
        call(&stack(), chunked(&long)).await.code(),
        "body_too_large"
    );
    let headers = [("content-length", "5000")];
    let lied = request(Method::POST, "/api/v1/orders", &headers, Body::empty());
    assert_eq!(call(&stack(), lied).await.code(), "body_too_large");
}

fn chunked(text: &str) -> axum::extract::Request {
    let chunks: Vec<Result<Bytes, std::io::Error>> = text
        .as_bytes()
        .chunks(512)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    let json = [("content-type", "application/json")];
    request(
        Method::POST,
        "/api/v1/orders",
        &json,
        Body::from_stream(stream::iter(chunks)),
    )
}

#[tokio::test]
async fn a_chunked_body_of_the_right_size_is_taken() {
    let answer = call(&stack(), chunked(r#"{"name":"in pieces"}"#)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_dawdles_is_408() {
    let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"name\":"))]);
    let never = futures_util::StreamExt::chain(first, stream::pending());
    let json = [("content-type", "application/json")];
    let slow = request(
        Method::POST,
        "/api/v1/orders",
        &json,
        Body::from_stream(never),
    );
    let answer = call(&stack(), slow).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::REQUEST_TIMEOUT, "request_timeout")
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]);
    let json = [("content-type", "application/json")];
    let broken = request(
        Method::POST,
        "/api/v1/orders",
        &json,
        Body::from_stream(broken),
    );
    assert_eq!(call(&stack(), broken).await.code(), "invalid_request");
}

#[tokio::test]
async fn a_path_that_names_nothing_is_404() {
    let stack = stack();
    for id in [
        "7",
        "not-a-uuid",
        "%00",
        "%ff",
        "00000000-0000-0000-0000-00000000000g",
        "a%2Fb",
    ] {
        let answer = fetch(&stack, &format!("/api/v1/things/{id}"), &[]).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{id}"
        );
    }
    let good = fetch(
        &stack,
        "/api/v1/things/00000000-0000-0000-0000-000000000001",
        &[],
    )
    .await;
    assert_eq!(good.status, StatusCode::OK);
}

#[tokio::test]
async fn a_query_parameter_that_is_wrong_is_named() {
    let stack = stack();
    for (query, pointer, code) in [
        ("", "/days", "required"),
        ("?days=", "/days", "invalid_value"),
        ("?days=x", "/days", "invalid_value"),
        ("?days=-1", "/days", "invalid_value"),
        ("?days=1&days=2", "/days", "duplicate_field"),
        ("?days=1%00", "/days", "nul_character"),
    ] {
        let answer = fetch(&stack, &format!("/api/v1/list{query}"), &[]).await;
        assert_eq!(answer.code(), "invalid_request", "{query}");
        assert_eq!(answer.fields(), pair(pointer, code), "{query}");
    }
    assert_eq!(
        fetch(&stack, "/api/v1/list?days=30&x=%ff", &[])
            .await
            .json()["days"],
        30
    );
}
