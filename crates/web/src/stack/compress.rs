//! Compression (gzip, br) of answers that are worth it.

use std::convert::Infallible;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::response::{IntoResponse, Response};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::render::Outline;

const SMALLEST: u64 = 1_024;

/// What is made anew for each caller is compressed lightly. Assets are compressed once, when they are built.
const LEVEL: CompressionLevel = CompressionLevel::Precise(1);

/// Whether a caller takes gzip, which is half of brotli's time at this level and leaves a page a quarter larger:
/// brotli is for those who understand nothing else.
fn takes_gzip(accepted: &HeaderValue) -> bool {
    let codings = accepted.to_str().unwrap_or_default().split(',');
    let mut names = codings.filter_map(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").unwrap_or_default();
        (weight.parse::<f32>().ok()? > 0.0).then_some(name.trim())
    });
    names.any(|name| name.eq_ignore_ascii_case("gzip"))
}

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
    let layer = if takes_gzip(accepted) {
        layer.no_br()
    } else {
        layer
    };
    match layer.layer(answer).oneshot(asked).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
