//! The OpenAPI document and the health routes.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use hanok_web::health::{self, Check};
use hanok_web::openapi;
use hanok_web::{Access, Json, OperatorToken, Peer, Routes, Stack, serve_stack};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::app::{Answer, call, fetch, parts, request, web};

#[derive(Deserialize, Serialize, ToSchema)]
struct Guest {
    name: String,
}

/// Lets a guest in.
#[utoipa::path(post, path = "/api/v1/guests", request_body = Guest, responses((status = 201, body = Guest)))]
async fn welcome(Json(guest): Json<Guest>) -> Json<Guest> {
    Json(guest)
}

/// Who is here.
#[utoipa::path(get, path = "/api/v1/guests", responses((status = 200, body = Vec<Guest>)))]
async fn guests() -> Json<Vec<Guest>> {
    Json(Vec::new())
}

fn documented() -> Routes {
    Routes::new()
        .add(routes!(welcome), Access::Client)
        .add(routes!(guests), Access::Permission("guests_read"))
}

fn document() -> Value {
    serde_json::to_value(openapi::document(
        &documented(),
        "0.1.0",
        "http://localhost:8080",
    ))
    .unwrap()
}

#[test]
fn the_document_says_who_may_call_and_what_can_go_wrong() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let path = &document["paths"]["/api/v1/guests"];
    assert_eq!(path["get"]["x-access"], "guests_read");
    assert_eq!(
        path["get"]["security"],
        json!([{ "bearer": [] }, { "apiKey": [] }])
    );
    assert_eq!(path["post"]["x-access"], "client");
    let basic_or_pair = json!([{ "clientBasic": [] }, { "clientId": [], "clientSecret": [] }]);
    assert_eq!(path["post"]["security"], basic_or_pair);
    assert_eq!(
        path["get"]["responses"]["403"]["$ref"],
        "#/components/responses/Forbidden"
    );
    let shared = &document["components"]["responses"]["RateLimited"];
    assert!(shared["headers"]["Retry-After"].is_object());
    let schema = &shared["content"]["application/problem+json"]["schema"]["$ref"];
    assert_eq!(schema, "#/components/schemas/Problem");
    assert!(document["components"]["schemas"]["Guest"].is_object());
    assert!(document["components"]["securitySchemes"]["deviceSignature"].is_object());
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = document.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{reference}");
        }
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

#[test]
fn a_documented_route_is_in_the_access_table() {
    let routes = documented();
    let entries: Vec<_> = routes
        .entries()
        .iter()
        .map(|entry| (entry.method.as_str(), &*entry.path, entry.access))
        .collect();
    assert_eq!(
        entries,
        [
            ("POST", "/api/v1/guests", Access::Client),
            ("GET", "/api/v1/guests", Access::Permission("guests_read")),
        ]
    );
}

#[tokio::test]
async fn the_document_can_be_read_as_a_page() {
    let routes = documented();
    let document = openapi::document(&routes, "0.1.0", "http://localhost:8080");
    let routes = routes.merge(openapi::route(&document).unwrap());
    let stack = serve_stack(routes.into_router(), parts(web())).unwrap();
    let page = fetch(&stack, "/docs/api", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    for there in [
        "id=\"post-api-v1-guests\"",
        "Lets a guest in",
        "href=\"#schema-Guest\"",
        "id=\"schema-Guest\"",
        "id=\"schema-Problem\"",
        "guests_read 권한이 있는 사람",
        "array of <a href=\"#schema-Guest\">",
    ] {
        assert!(page.text().contains(there), "{there}");
    }
    for link in page.text().split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        let id = format!("id=\"{target}\"");
        assert!(page.text().contains(&id), "{target} leads nowhere");
    }
}

#[tokio::test]
async fn the_document_is_served_and_revalidated() {
    let routes = documented();
    let document = openapi::document(&routes, "0.1.0", "http://localhost:8080");
    let routes = routes.merge(openapi::route(&document).unwrap());
    let stack = serve_stack(routes.into_router(), parts(web())).unwrap();
    assert_eq!(
        fetch(&stack, "/api/v1/guests", &[]).await.status,
        StatusCode::UNAUTHORIZED
    );
    let answer = fetch(&stack, openapi::PATH, &[]).await;
    assert_eq!(answer.json()["info"]["title"], "Hanok");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let again = fetch(
        &stack,
        openapi::PATH,
        &[("if-none-match", answer.header("etag"))],
    )
    .await;
    assert_eq!(
        (again.status, again.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
}

fn with_checks(checks: Vec<Check>) -> Stack {
    serve_stack(
        health::routes(checks, OperatorToken::default()).into_router(),
        parts(web()),
    )
    .unwrap()
}

async fn ready_from(stack: &Stack, address: &str) -> Answer {
    let mut request = request(Method::GET, "/health/ready", &[], Body::empty());
    request
        .extensions_mut()
        .insert(Peer(SocketAddr::new(address.parse().unwrap(), 1)));
    call(stack, request).await
}

#[tokio::test]
async fn health_says_only_ok() {
    let stack = with_checks(vec![Check::new("store", async || Err("away".to_owned()))]);
    for path in ["/health", "/health/", "/health/live"] {
        assert_eq!(fetch(&stack, path, &[]).await.text(), r#"{"status":"ok"}"#);
    }
}

#[tokio::test]
async fn readiness_runs_the_checks_and_tells_details_to_the_machine_itself() {
    let ready = with_checks(vec![Check::new("store", async || Ok(()))]);
    assert_eq!(
        ready_from(&ready, "203.0.113.1").await.text(),
        r#"{"status":"ok"}"#
    );
    let stack = with_checks(vec![
        Check::new("store", async || Err("no connection".to_owned())),
        Check::new("bus", async || Ok(())),
    ]);
    let away = ready_from(&stack, "203.0.113.1").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(away.text(), r#"{"status":"unavailable"}"#);
    let here = ready_from(&stack, "127.0.0.1").await.json();
    assert_eq!(
        here["checks"][0],
        json!({ "name": "store", "ok": false, "fault": "no connection" })
    );
}

#[tokio::test]
async fn what_the_server_can_do_without_degrades_it_and_no_more() {
    let redis = || Check::advisory("redis", async || Err("no answer".to_owned()));
    let stack = with_checks(vec![Check::new("store", async || Ok(())), redis()]);
    let away = ready_from(&stack, "203.0.113.1").await;
    assert_eq!(away.status, StatusCode::OK);
    assert_eq!(away.text(), r#"{"status":"degraded"}"#);
    let here = ready_from(&stack, "127.0.0.1").await.json();
    assert_eq!(
        here["checks"][1],
        json!({ "name": "redis", "ok": false, "fault": "no answer" })
    );
    let stack = with_checks(vec![
        Check::new("store", async || Err("away".to_owned())),
        redis(),
    ]);
    let away = ready_from(&stack, "203.0.113.1").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_has_failed() {
    let stack = with_checks(vec![Check::new("store", std::future::pending)]);
    let answer = ready_from(&stack, "127.0.0.1").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}
