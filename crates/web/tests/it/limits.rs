//! Rate limits, and how the caller is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use hanok_base::Clock;
use hanok_base::counters::{Limit, MemoryCounters};
use hanok_web::rate_limit::limited_network;
use hanok_web::{LimitsConfig, Peer, Policy, RateLimits, Stack, serve_stack};

use crate::app::{Answer, Slow, call, fetch, no_limits, parts, request, routes, start, web};

fn limited(limits: LimitsConfig) -> (Stack, Clock) {
    let mut parts = parts(web());
    parts.limits = limits;
    let clock = parts.clock.clone();
    (
        serve_stack(routes(Slow::default()).into_router(), parts).unwrap(),
        clock,
    )
}

async fn from(stack: &Stack, address: &str) -> Answer {
    let mut request = request(Method::GET, "/api/v1/ping", &[], Body::empty());
    request
        .extensions_mut()
        .insert(Peer(SocketAddr::new(address.parse().unwrap(), 1)));
    call(stack, request).await
}

#[tokio::test]
async fn beyond_the_limit_an_address_is_told_when_to_come_back() {
    let (stack, clock) = limited(LimitsConfig {
        address_per_minute: 2,
        ..no_limits()
    });
    let first = from(&stack, "203.0.113.1").await;
    assert_eq!(first.header("ratelimit-policy"), "\"address\";q=2;w=60");
    assert_eq!(first.header("ratelimit"), "\"address\";r=1;t=60");
    clock.advance(Duration::from_millis(10_500));
    assert_eq!(
        from(&stack, "203.0.113.1").await.header("ratelimit"),
        "\"address\";r=0;t=50"
    );
    let refused = from(&stack, "203.0.113.1").await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "rate_limited")
    );
    assert_eq!(refused.header("retry-after"), "50");
    assert_eq!(refused.header("ratelimit"), "\"address\";r=0;t=50");
    assert!(refused.json()["detail"].as_str().unwrap().contains("50초"));
    assert_eq!(
        from(&stack, "203.0.113.2").await.status,
        StatusCode::OK,
        "another address"
    );
    clock.advance(Duration::from_secs(50));
    assert_eq!(from(&stack, "203.0.113.1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn of_ipv6_a_whole_64_is_one_caller() {
    let (stack, _) = limited(LimitsConfig {
        address_per_minute: 1,
        ..no_limits()
    });
    assert_eq!(from(&stack, "2001:db8::1").await.status, StatusCode::OK);
    assert_eq!(
        from(&stack, "2001:db8::2").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(from(&stack, "2001:db8:0:1::1").await.status, StatusCode::OK);
    let mapped = "::ffff:192.0.2.1".parse().unwrap();
    assert_eq!(limited_network(mapped).to_string(), "192.0.2.1");
}

#[tokio::test]
async fn accounts_and_keys_have_limits_of_their_own_and_the_tightest_is_told() {
    let limits = LimitsConfig {
        address_per_minute: 10,
        account_per_minute: 3,
        api_key_per_minute: 1,
        ..no_limits()
    };
    let (stack, _) = limited(limits);
    let kim = fetch(&stack, "/api/v1/me", &[("authorization", "Bearer kim")]).await;
    assert_eq!(kim.header("ratelimit"), "\"account\";r=2;t=60");
    let server = [("authorization", "Bearer server")];
    assert_eq!(
        fetch(&stack, "/api/v1/me", &server)
            .await
            .header("ratelimit"),
        "\"api_key\";r=0;t=60"
    );
    assert_eq!(
        fetch(&stack, "/api/v1/me", &server).await.code(),
        "rate_limited"
    );
    assert_eq!(
        fetch(&stack, "/api/v1/ping", &[]).await.header("ratelimit"),
        "\"address\";r=6;t=60"
    );
}

#[tokio::test]
async fn without_limits_nothing_is_told() {
    let (stack, _) = limited(no_limits());
    assert!(
        !fetch(&stack, "/api/v1/ping", &[])
            .await
            .headers
            .contains_key("ratelimit")
    );
}

#[tokio::test]
async fn an_apps_own_policy_counts_failures_and_forgets_them() {
    let limits = RateLimits::new(Arc::new(MemoryCounters::new()));
    let policy = Policy::new("failed", Limit::per_minute(1));
    assert!(limits.check(&policy, "a", start()).await.is_ok());
    assert!(limits.take(&policy, "a", start()).await.is_ok());
    let refused = limits.check(&policy, "a", start()).await.unwrap_err();
    assert_eq!(refused.wait(), Some(Duration::from_mins(1)));
    limits.forget(&policy, "a").await;
    assert!(limits.take(&policy, "a", start()).await.is_ok());
}
