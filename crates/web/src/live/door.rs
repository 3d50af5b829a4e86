//! `/socket.io/` over HTTP: handshakes, polls and the upgrade to WebSocket.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing;
use tower::Service;

use super::house::{Live, PING, PONG};
use crate::access::Access;
use crate::error::Error;
use crate::routes::Routes;

/// Where the socket is, as routes are matched.
pub(crate) const PATH: &str = "/socket.io";
/// Longer than any poll is held: a ping answers it, or its connection is closed.
pub(crate) const LONGEST_POLL: Duration = PING.saturating_add(PONG).saturating_add(PING);

impl Live {
    /// The socket's routes. Who may do what is decided when a socket connects, so that a client can be told.
    pub fn routes(&self) -> Routes {
        Routes::new()
            .undocumented(Method::GET, PATH, routing::get(serve), Access::Public)
            .undocumented(Method::POST, PATH, routing::post(serve), Access::Public)
            .with_state(self.clone())
    }
}

async fn serve(State(live): State<Live>, request: Request) -> Result<Response, Error> {
    if opens(request.uri()) && !live.has_room() {
        return Err(Error::busy());
    }
    live.note_runtime();
    let mut engine = live.engine;
    match engine.call(request).await {
        Ok(response) => Ok(response.map(Body::new)),
        Err(never) => match never {},
    }
}

/// Whether a request opens a connection rather than carrying on one.
fn opens(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    !query.split('&').any(|pair| pair.starts_with("sid="))
}
