//! Work that outlives its caller, and work that does not.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use hanok_web::{Stack, serve_stack};
use tower::ServiceExt;

use crate::app::{Slow, call, parts, request, routes, web};

fn slow_stack() -> (Stack, Slow) {
    let slow = Slow::default();
    (
        serve_stack(routes(slow.clone()).into_router(), parts(web())).unwrap(),
        slow,
    )
}

fn slow_request(method: Method) -> Request {
    request(method, "/api/v1/slow", &[], Body::empty())
}

#[tokio::test]
async fn hanging_up_loses_the_answer_never_the_work() {
    let (stack, slow) = slow_stack();
    let caller = tokio::spawn(stack.clone().oneshot(slow_request(Method::POST)));
    slow.started.notified().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    slow.release.notify_one();
    slow.done.notified().await;
    stack.finish().await;
}

#[tokio::test]
async fn stopping_waits_for_work_whose_caller_is_gone() {
    let (stack, slow) = slow_stack();
    let caller = tokio::spawn(stack.clone().oneshot(slow_request(Method::POST)));
    slow.started.notified().await;
    caller.abort();
    let finishing = tokio::spawn(async move { stack.finish().await });
    assert!(!finishing.is_finished());
    slow.release.notify_one();
    finishing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn unsafe_work_that_takes_too_long_goes_on() {
    let (stack, slow) = slow_stack();
    let answer = call(&stack, slow_request(Method::POST)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "timed_out")
    );
    slow.release.notify_one();
    slow.done.notified().await;
}

#[tokio::test(start_paused = true)]
async fn safe_work_that_takes_too_long_ends() {
    let (stack, slow) = slow_stack();
    let answer = call(&stack, slow_request(Method::GET)).await;
    assert_eq!(answer.code(), "timed_out");
    slow.release.notify_one();
    let done = tokio::time::timeout(Duration::from_mins(1), slow.done.notified()).await;
    assert!(done.is_err());
}
