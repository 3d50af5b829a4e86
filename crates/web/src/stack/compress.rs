//! Compression (br, gzip) of answers that are worth it.

use std::convert::Infallible;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::response::{IntoResponse, Response};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::render::Outline;

const SMALLEST: u64 = 1_024;

/// What is made anew for each caller is compressed lightly: brotli's 1 takes a third of the time of its 4 on a
/// page and leaves it a seventh larger. Assets are compressed once, when they are built.
const LEVEL: CompressionLevel = CompressionLevel::Precise(1);

/// Compresses `response` where its caller understands it and it is not small. What is small, most
/// answers of the API, is left alone without a look.
pub(super) async fn compress(response: Response, outline: &Outline) -> Response {
    let Some(accepted) = &outline.accept_encoding else {
        return response;
    };
    let is_small = response
        .body()
        .size_hint()
        .upper()
        .is_some_and(|length| length < SMALLEST);
    if is_small || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    let mut asked = Request::new(Body::empty());
    asked
        .headers_mut()
        .insert(ACCEPT_ENCODING, accepted.clone());
    let mut held = Some(response);
    let answer = service_fn(move |_: Request| {
        let response = held.take().unwrap_or_default();
        async move { Ok::<_, Infallible>(response) }
    });
    let layer = CompressionLayer::new().quality(LEVEL);
    match layer.layer(answer).oneshot(asked).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
