//! Behind proxies, and on https.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use hanok_web::{Peer, Stack, WebConfig};

use crate::app::{Answer, call, request, web, with};

fn behind_proxy() -> WebConfig {
    WebConfig {
        public_url: "https://id.example.com".to_owned(),
        trusted_proxies: vec!["10.0.0.0/8".to_owned()],
        ..web()
    }
}

async fn from(stack: &Stack, peer: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = request(Method::GET, path, headers, Body::empty());
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(Peer(peer));
    call(stack, request).await
}

#[tokio::test]
async fn the_clients_address_is_believed_of_trusted_proxies_only() {
    let mut config = behind_proxy();
    config.public_url = "http://localhost".to_owned();
    let stack = with(config);
    let forwarded = [("x-forwarded-for", "6.6.6.6, 198.51.100.7")];
    let answer = from(&stack, "10.1.2.3:4000", "/api/v1/ping", &forwarded).await;
    assert_eq!(answer.json()["address"], "198.51.100.7");
    let answer = from(&stack, "203.0.113.9:4000", "/api/v1/ping", &forwarded).await;
    assert_eq!(answer.json()["address"], "203.0.113.9");
}

#[tokio::test]
async fn on_https_plain_requests_are_redirected_and_the_rest_is_pinned() {
    let stack = with(behind_proxy());
    let plain = from(&stack, "203.0.113.9:4000", "/api/v1/list/?days=1", &[]).await;
    assert_eq!(plain.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(
        plain.header("location"),
        "https://id.example.com/api/v1/list/?days=1"
    );
    let secure = [("x-forwarded-proto", "https")];
    let lied = from(&stack, "203.0.113.9:4000", "/api/v1/ping", &secure).await;
    assert_eq!(lied.status, StatusCode::PERMANENT_REDIRECT);
    let answer = from(&stack, "10.0.0.1:4000", "/api/v1/ping", &secure).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=31536000"
    );
    let health = from(&stack, "203.0.113.9:4000", "/health/live", &[]).await;
    assert_eq!(health.status, StatusCode::NOT_FOUND, "not redirected");
    assert_eq!(
        from(&stack, "203.0.113.9:1", "/healthy", &[]).await.status,
        StatusCode::PERMANENT_REDIRECT
    );
}

#[test]
fn a_configuration_that_cannot_be_meant_is_refused_with_every_fault() {
    use hanok_base::config::Validate;
    let config = WebConfig {
        public_url: "id.example.com".to_owned(),
        trusted_proxies: vec!["10.0.0.0/40".to_owned(), "10.0.0.1".to_owned()],
        cors_origins: vec![
            "https://a.example/path".to_owned(),
            "https://b.example".to_owned(),
        ],
        body_timeout_seconds: 30,
        ..web()
    };
    let keys: Vec<String> = config
        .validate()
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(
        keys,
        [
            "public_url",
            "cors_origins",
            "trusted_proxies",
            "body_timeout_seconds"
        ]
    );
    assert!(web().validate().is_empty());
    // Over plain http a cookie goes without Secure, which is for this machine alone.
    for (url, is_fine) in [
        ("http://id.example.com", false),
        ("http://192.168.0.7:8080", false),
        ("http://localhost.example.com", false),
        ("http://127.0.0.1:9000", true),
        ("http://[::1]:9000", true),
    ] {
        let plain = WebConfig {
            public_url: url.to_owned(),
            ..web()
        };
        assert_eq!(plain.validate().is_empty(), is_fine, "{url}");
    }
    let alone = WebConfig {
        trusted_proxies: Vec::new(),
        ..behind_proxy()
    };
    assert_eq!(alone.validate()[0].key, "trusted_proxies");
}
