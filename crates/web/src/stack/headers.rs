//! Headers that keep a browser from misusing an answer.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::render::Outline;
use crate::config::Settings;

const NO_CONTENT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// A page that opened one of ours keeps no hold on it.
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const ONE_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds what the handler has not set itself.
pub(super) fn add(headers: &mut HeaderMap, outline: &Outline, settings: &Settings) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(OPENER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    headers
        .entry(REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NO_CONTENT);
    if outline.is_api {
        headers
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    if settings.is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
}
