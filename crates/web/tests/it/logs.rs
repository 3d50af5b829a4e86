//! The request log and what is logged of refusals and faults.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use axum::body::Body;
use axum::http::Method;
use hanok_web::serve_stack;
use serde_json::Value;
use tower::ServiceExt;
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{Slow, fetch, parts, request, routes, send, stack, web};

/// With one subscriber alive, a call site that another test reaches first is written off for all threads, because that
/// test listens to nothing; with this one beside it, each thread is asked.
static BESIDE: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Collects what this test's thread logs at these levels.
    fn collect(filter: &str) -> (Self, DefaultGuard) {
        LazyLock::force(&BESIDE);
        let lines = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(lines.clone())
            .finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn all(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_request_is_one_line_without_query_and_body() {
    let (lines, _guard) = Lines::collect("access=info,hanok_web=info");
    let stack = stack();
    let id = "00000000-0000-0000-0000-000000000001";
    let kim = [("authorization", "Bearer kim")];
    let answer = fetch(&stack, &format!("/api/v1/things/{id}?secret=words"), &kim).await;
    let line = lines.all().remove(0);
    assert_eq!(line["target"], "access");
    assert_eq!(
        (&line["method"], &line["status"]),
        (&"GET".into(), &200.into())
    );
    assert_eq!(line["route"], "/api/v1/things/{id}");
    assert_eq!(line["account"], id);
    assert_eq!(line["request_id"], answer.header("x-request-id"));
    assert_eq!(line["address"], "127.0.0.1");
    assert!(line["duration_ms"].is_f64());
    send(
        &stack,
        "/api/v1/orders/?secret=words",
        r#"{"name":"words"}"#,
        &[],
    )
    .await;
    fetch(&stack, "/api/v1/words", &[]).await;
    let routes: Vec<Value> = lines
        .all()
        .iter()
        .map(|line| line["route"].clone())
        .collect();
    assert_eq!(routes, ["/api/v1/things/{id}", "/api/v1/orders", "-"]);
    assert!(!lines.text().contains("words"));
}

#[tokio::test]
async fn a_fault_is_logged_once_with_its_source_and_the_request_id() {
    let (lines, _guard) = Lines::collect("hanok_web=debug");
    let stack = stack();
    let answer = fetch(&stack, "/api/v1/fault", &[]).await;
    fetch(&stack, "/api/v1/panic", &[]).await;
    send(&stack, "/api/v1/orders", "{}", &[]).await;
    let [fault, panic, refused] = lines.all().try_into().unwrap();
    assert_eq!(
        (&fault["level"], &fault["cause"]),
        (&"ERROR".into(), &"the cellar is flooded".into())
    );
    assert_eq!(fault["span"]["id"], answer.header("x-request-id"));
    assert_eq!(panic["cause"], "the handler panicked: the roof fell in");
    assert_eq!(refused["level"], "DEBUG");
    assert_eq!(refused["refused"], "400 invalid_request /name:required");
}

#[tokio::test]
async fn a_caller_who_hangs_up_is_logged_as_499() {
    let (lines, _guard) = Lines::collect("access=info");
    let slow = Slow::default();
    let stack = serve_stack(routes(slow.clone()).into_router(), parts(web())).unwrap();
    let request = request(Method::GET, "/api/v1/slow", &[], Body::empty());
    let caller = tokio::spawn(stack.oneshot(request));
    slow.started.notified().await;
    caller.abort();
    let _ = caller.await;
    assert_eq!(lines.all()[0]["status"], 499);
}

#[tokio::test]
async fn what_a_task_of_its_own_logs_carries_the_request_id() {
    let (lines, _guard) = Lines::collect("handler=info,hanok_web=info");
    let answer = send(&stack(), "/api/v1/ping", "", &[]).await;
    assert_eq!(lines.all()[0]["span"]["id"], answer.header("x-request-id"));
}
