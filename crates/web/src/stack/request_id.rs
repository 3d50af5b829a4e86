//! The request id: in every answer, log line and audit row.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hanok_base::{Clock, Id, Random};

use crate::exchange::Exchange;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

enum RequestMark {}

/// The id a trusted proxy gave, where it is at most 64 visible characters; else a new one.
pub(super) fn of(headers: &HeaderMap, via_proxy: bool, clock: &Clock, random: &Random) -> String {
    let given = headers
        .get(X_REQUEST_ID)
        .filter(|_| via_proxy)
        .and_then(|id| id.to_str().ok());
    match given {
        Some(id) if is_sane(id) => id.to_owned(),
        _ => new(clock, random),
    }
}

/// A new id.
pub(super) fn new(clock: &Clock, random: &Random) -> String {
    Id::<RequestMark>::new(clock, random).to_string()
}

fn is_sane(id: &str) -> bool {
    !id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Puts the id into the answer.
pub(super) fn tell(headers: &mut HeaderMap, exchange: &Exchange) {
    if let Ok(id) = HeaderValue::from_str(&exchange.request_id) {
        headers.insert(X_REQUEST_ID, id);
    }
}
