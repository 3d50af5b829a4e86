//! Where the public address is https, plain requests are sent there.

use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::config::Settings;
use crate::exchange::Exchange;

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// 308 to the public address for a request that came plain. Health paths are answered as they come.
pub(super) fn redirect(
    request: &Request,
    exchange: &Exchange,
    settings: &Settings,
) -> Option<Response> {
    if !settings.is_https || is_secure(request, exchange) || is_health(request.uri().path()) {
        return None;
    }
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let location = HeaderValue::try_from([&*settings.origin, target].concat()).ok()?;
    Some((StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response())
}

/// Only a trusted proxy can say so: the listener itself speaks plain HTTP.
fn is_secure(request: &Request, exchange: &Exchange) -> bool {
    let proto = request
        .headers()
        .get(X_FORWARDED_PROTO)
        .filter(|_| exchange.by_proxy);
    let proto = proto
        .and_then(|proto| proto.to_str().ok())
        .unwrap_or_default();
    proto
        .rsplit(',')
        .next()
        .is_some_and(|last| last.trim().eq_ignore_ascii_case("https"))
}

fn is_health(path: &str) -> bool {
    path.strip_prefix("/health")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
