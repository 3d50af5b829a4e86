//! `/socket.io/` over HTTP: handshakes, polls and the upgrade to WebSocket.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Uri};
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
    match engine.call(apart(request)).await {
        Ok(response) => Ok(response.map(Body::new)),
        Err(never) => match never {},
    }
}

/// Whether a request opens a connection rather than carrying on one.
fn opens(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    !query.split('&').any(|pair| pair.starts_with("sid="))
}

/// The request without a share in the buffer that its connection was read into, which is many times as large: the layer
/// below keeps the head of what opened a socket for as long as the socket lives.
fn apart<B>(request: Request<B>) -> Request<B> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.remove::<OriginalUri>();
    if let Ok(uri) = Uri::try_from(parts.uri.to_string()) {
        parts.uri = uri;
    }
    let copies = parts.headers.iter().map(|(name, value)| {
        let copied = HeaderName::from_bytes(name.as_str().as_bytes());
        (copied.unwrap_or_else(|_| name.clone()), copy_of(value))
    });
    parts.headers = copies.collect();
    Request::from_parts(parts, body)
}

fn copy_of(value: &HeaderValue) -> HeaderValue {
    let copied = HeaderValue::from_bytes(value.as_bytes());
    let mut copied = copied.unwrap_or_else(|_| value.clone());
    copied.set_sensitive(value.is_sensitive());
    copied
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use bytes::Bytes;

    use super::*;

    #[test]
    fn what_opens_a_socket_keeps_its_words_and_lets_go_of_the_buffer() {
        let buffer = Bytes::from(b"GET /socket.io/?EIO=4 x-device-id one two".to_vec());
        let target = Uri::from_maybe_shared(buffer.slice(4..21)).unwrap();
        let value = |range| HeaderValue::from_maybe_shared(buffer.slice(range)).unwrap();
        let mut secret = value(34..37);
        secret.set_sensitive(true);
        let mut request = Request::new(());
        *request.uri_mut() = target.clone();
        request.extensions_mut().insert(OriginalUri(target));
        let headers = request.headers_mut();
        headers.append(HeaderName::from_static("x-device-id"), secret);
        headers.append(COOKIE, value(34..37));
        headers.append(COOKIE, value(38..41));
        assert!(!buffer.is_unique());
        let apart = apart(request);
        assert!(buffer.is_unique());
        assert_eq!(apart.uri(), "/socket.io/?EIO=4");
        let headers = apart.headers();
        assert_eq!(headers["x-device-id"], "one");
        assert!(headers["x-device-id"].is_sensitive());
        let cookies: Vec<_> = headers.get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["one", "two"]);
    }
}
