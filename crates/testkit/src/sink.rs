//! A receiver of callbacks that does as the test says: keeps what it gets, and answers well, badly,
//! late, elsewhere or without end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A test that waits longer than this for what never comes has failed.
const PATIENCE: Duration = Duration::from_mins(5);

/// What was posted.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

/// How a sink answers.
#[derive(Clone, Debug)]
pub enum Reply {
    /// With this status and no body.
    Status(u16),
    /// With 302 to this address.
    Redirect(String),
    /// With 200 and a body of so many bytes.
    Big(usize),
}

/// A small HTTP server on loopback. Dropping it closes it.
pub struct Sink {
    origin: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    state: Mutex<Answers>,
    /// How many came, whether answered yet or not.
    count: watch::Sender<usize>,
    /// Whether answers leave.
    open: watch::Sender<bool>,
}

struct Answers {
    received: Vec<Delivery>,
    next: VecDeque<Reply>,
    always: Reply,
}

impl Sink {
    /// A sink that answers 204.
    ///
    /// # Panics
    /// When loopback gives no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answers = Answers {
            received: Vec::new(),
            next: VecDeque::new(),
            always: Reply::Status(204),
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(answers),
            count: watch::Sender::new(0),
            open: watch::Sender::new(true),
        });
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            drop(served);
        });
        Self {
            origin,
            shared,
            server,
        }
    }

    /// `http://127.0.0.1:port`, for the allow list.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// An address of this sink.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Answers this way from now on.
    pub fn answer(&self, reply: Reply) {
        self.shared.state().always = reply;
    }

    /// Answers the next request this way; several are answered in the order they were given.
    pub fn answer_next(&self, reply: Reply) {
        self.shared.state().next.push_back(reply);
    }

    /// Lets no answer leave until the gate is opened or dropped.
    #[must_use = "dropping the gate opens it"]
    pub fn hold(&self) -> Gate {
        self.shared.open.send_replace(false);
        Gate(Arc::clone(&self.shared))
    }

    /// What came so far, oldest first.
    pub fn received(&self) -> Vec<Delivery> {
        self.shared.state().received.clone()
    }

    /// Waits until so many have come, answered or not.
    ///
    /// # Panics
    /// When they do not come within five minutes.
    pub async fn wait_for(&self, count: usize) -> Vec<Delivery> {
        let mut came = self.shared.count.subscribe();
        let waited = timeout(PATIENCE, came.wait_for(|came| *came >= count)).await;
        assert!(
            waited.is_ok(),
            "{count} were to come, {} came",
            self.received().len()
        );
        self.received()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Holds a sink's answers back.
pub struct Gate(Arc<Shared>);

impl Gate {
    /// Lets the answers leave.
    pub fn open(self) {
        drop(self);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.open.send_replace(true);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, Answers> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, delivery: Delivery) -> Reply {
        let mut state = self.state();
        state.received.push(delivery);
        self.count.send_replace(state.received.len());
        let next = state.next.pop_front();
        next.unwrap_or_else(|| state.always.clone())
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    let reply = shared.keep(Delivery {
        method,
        path: uri.to_string(),
        headers,
        body,
    });
    let mut open = shared.open.subscribe();
    let opened = open.wait_for(|open| *open).await;
    drop(opened);
    response(reply)
}

fn response(reply: Reply) -> Response {
    let built = match reply {
        Reply::Status(status) => Response::builder().status(status).body(Body::empty()),
        Reply::Redirect(to) => Response::builder()
            .status(StatusCode::FOUND)
            .header("location", to)
            .body(Body::empty()),
        Reply::Big(bytes) => Response::builder().body(Body::from(vec![b'x'; bytes])),
    };
    built.expect("an answer")
}
