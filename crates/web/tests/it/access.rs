//! Who is let in, and from where.

use std::sync::{Arc, Mutex};

use axum::http::{HeaderName, Method, StatusCode};
use futures_util::future::BoxFuture;
use hanok_web::{Access, Ctx, Denials, PermissionSet, RouteEntry, StackParts, serve_stack};

use crate::app::{Slow, fetch, parts, routes, send, stack, web, with};
use crate::callers::{kim, signature};

fn bearer(token: &str) -> [(&'static str, String); 1] {
    [("authorization", format!("Bearer {token}"))]
}

fn signed(signature: &str) -> [(&'static str, &str); 2] {
    [("x-device-id", "phone"), ("x-device-signature", signature)]
}

async fn as_caller(path: &str, token: &str) -> (StatusCode, String) {
    let header = bearer(token);
    let answer = fetch(&stack(), path, &[(header[0].0, &header[0].1)]).await;
    let code = if answer.status.is_success() {
        String::new()
    } else {
        answer.code()
    };
    (answer.status, code)
}

#[tokio::test]
async fn nobody_is_401_and_a_lack_of_permission_403() {
    let stack = stack();
    let unauthorized = StatusCode::UNAUTHORIZED;
    for path in ["/api/v1/me", "/api/v1/admin", "/api/v1/guarded"] {
        let answer = fetch(&stack, path, &[]).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (unauthorized, "unauthorized")
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"hanok\"");
    }
    assert_eq!(as_caller("/api/v1/me", "kim").await.0, StatusCode::OK);
    for path in ["/api/v1/admin", "/api/v1/guarded"] {
        assert_eq!(
            as_caller(path, "kim").await,
            (StatusCode::FORBIDDEN, "forbidden".to_owned())
        );
        assert_eq!(as_caller(path, "manager").await.0, StatusCode::OK);
        assert_eq!(as_caller(path, "super").await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_stale_token_hinders_only_where_somebody_asks_who_is_calling() {
    assert_eq!(as_caller("/api/v1/ping", "stale").await.0, StatusCode::OK);
    assert_eq!(
        as_caller("/api/v1/me", "stale").await,
        (StatusCode::UNAUTHORIZED, "unauthorized".to_owned())
    );
    assert_eq!(as_caller("/api/v1/ping", "away").await.1, "unavailable");
}

#[tokio::test]
async fn a_phones_signature_covers_the_path_as_sent_and_the_body() {
    let stack = stack();
    let body = r#"{"transaction_id":"1"}"#;
    let path = "/api/v1/ping/?x=1";
    let good = signature(path, body);
    let answer = send(&stack, path, body, &signed(&good)).await;
    assert_eq!(answer.json()["device"], true);
    for wrong in [signature("/api/v1/ping?x=1", body), signature(path, "{}")] {
        let answer = send(&stack, path, body, &signed(&wrong)).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "invalid_device")
        );
    }
    let me = signature("/api/v1/me", body);
    let answer = send(&stack, "/api/v1/me", body, &signed(&me)).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "a phone signs in to nothing else"
    );
}

#[tokio::test]
async fn a_signed_body_is_bounded_before_it_is_hashed() {
    let long = "x".repeat(5_000);
    let headers = [("x-device-id", "phone"), ("x-device-signature", "x")];
    assert_eq!(
        send(&stack(), "/api/v1/ping", &long, &headers).await.code(),
        "body_too_large"
    );
}

/// What a request says of the page that sent it, and whether it may use our cookie.
const PAGES: [(&[(&str, &str)], bool); 12] = [
    (&[], true),
    (&[("sec-fetch-site", "same-origin")], true),
    (&[("sec-fetch-site", "none")], true),
    (&[("sec-fetch-site", "same-site")], false),
    (&[("sec-fetch-site", "cross-site")], false),
    (
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        false,
    ),
    (
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://app.example.com"),
        ],
        true,
    ),
    (&[("origin", "http://localhost:8080")], true),
    (
        &[
            ("origin", "http://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080"),
        ],
        true,
    ),
    (
        &[
            ("origin", "http://localhost:9999"),
            ("host", "localhost:8080"),
        ],
        false,
    ),
    (&[("origin", "https://app.example.com")], true),
    (&[("origin", "null")], false),
];

#[tokio::test]
async fn a_foreign_page_cannot_use_our_cookie() {
    let mut config = web();
    config.cors_origins = vec!["https://app.example.com".to_owned()];
    let stack = with(config);
    for (headers, is_ours) in PAGES {
        let by_cookie = [headers, &[("cookie", "theme=dark; session=kim")]].concat();
        let answer = send(&stack, "/api/v1/me", "{}", &by_cookie).await;
        assert_eq!(answer.status == StatusCode::OK, is_ours, "{headers:?}");
        assert!(is_ours || answer.code() == "cross_site");
        let reading = fetch(&stack, "/api/v1/me", &by_cookie).await;
        assert_eq!(reading.status, StatusCode::OK, "reading is safe");
        let by_token = [headers, &[("authorization", "Bearer kim")]].concat();
        let answer = send(&stack, "/api/v1/me", "{}", &by_token).await;
        assert_eq!(answer.status, StatusCode::OK, "no cookie, no check");
    }
}

#[tokio::test]
async fn cors_is_closed_but_for_configured_origins() {
    let mut config = web();
    config.cors_origins = vec!["https://app.example.com".to_owned()];
    let stack = with(config);
    let preflight = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        crate::app::request(
            Method::OPTIONS,
            "/api/v1/orders",
            &headers,
            axum::body::Body::empty(),
        )
    };
    let allowed = crate::app::call(&stack, preflight("https://app.example.com")).await;
    assert_eq!(allowed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "https://app.example.com"
    );
    assert_eq!(
        allowed.header("access-control-allow-headers"),
        "content-type"
    );
    let closed = crate::app::call(&stack, preflight("https://evil.example")).await;
    assert_eq!(closed.status, StatusCode::METHOD_NOT_ALLOWED);
    let name = HeaderName::from_static("access-control-allow-origin");
    assert!(!closed.headers.contains_key(&name));
    let refused = fetch(
        &stack,
        "/api/v1/me",
        &[("origin", "https://app.example.com")],
    )
    .await;
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://app.example.com"
    );
    assert_eq!(refused.header("vary"), "origin");
    let stranger = fetch(
        &stack,
        "/api/v1/ping",
        &[("origin", "https://evil.example")],
    )
    .await;
    assert!(!stranger.headers.contains_key(&name));
}

#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<String>>>);

impl Denials for Book {
    fn denied(&self, ctx: Ctx, method: Method, route: String) -> BoxFuture<'_, ()> {
        let line = format!("{} {method} {route}", ctx.account().unwrap());
        self.0.lock().unwrap().push(line);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_lack_of_permission_is_heard_of() {
    let book = Book::default();
    let parts = StackParts {
        denials: Some(Arc::new(book.clone())),
        failures: None,
        ..parts(web())
    };
    let stack = serve_stack(routes(Slow::default()).into_router(), parts).unwrap();
    let header = bearer("kim");
    let header = [(header[0].0, &*header[0].1)];
    for path in ["/api/v1/admin/?name=hong", "/api/v1/me"] {
        fetch(&stack, path, &header).await;
    }
    fetch(&stack, "/api/v1/admin", &[]).await;
    assert_eq!(
        *book.0.lock().unwrap(),
        [format!("{} GET /api/v1/admin", kim().account)]
    );
}

#[test]
fn every_route_says_who_may_call_it() {
    let routes = routes(Slow::default());
    let admin = RouteEntry {
        method: Method::GET,
        path: "/api/v1/admin".to_owned(),
        access: Access::Permission("manage"),
    };
    assert!(routes.entries().contains(&admin));
    assert_eq!(routes.entries().len(), 17);
}

#[test]
fn a_set_of_permissions_covers_what_it_holds() {
    let few: PermissionSet = ["b", "a", "b"].into_iter().collect();
    let more: PermissionSet = ["a", "b", "c"].into_iter().collect();
    assert!(few.contains("a") && !few.contains("c"));
    assert!(more.covers(&few) && !few.covers(&more));
    assert!(
        PermissionSet::everything().covers(&more) && !more.covers(&PermissionSet::everything())
    );
    assert!(PermissionSet::everything().contains("anything"));
    assert!(few.covers(&kim().permissions));
    assert_eq!(few.names().len(), 2);
}
