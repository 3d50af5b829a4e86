//! `/assets/…` and the files that must lie at the root.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hanok_base::encoding::base64url_encode;
use hanok_base::secret::sha256;

use super::assets::Assets;
use crate::access::Access;
use crate::error::Error;
use crate::extract::Path;
use crate::routes::Routes;

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What a service worker may do besides caching: ask this server.
const WORKER_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; connect-src 'self'; frame-ancestors 'none'");

/// The routes of what `web/` builds.
pub fn routes(assets: Assets) -> Routes {
    const ROOT: [&str; 3] = ["favicon.svg", "manifest.webmanifest", "phone-worker.js"];
    let public = Access::Public;
    let start =
        Routes::<Assets>::new().undocumented(Method::GET, "/assets/{file}", get(asset), public);
    let all = ROOT.into_iter().fold(start, |routes, name| {
        let handler = get(
            async move |State(assets): State<Assets>, headers: HeaderMap| {
                at_root(&assets, name, &headers)
            },
        );
        routes.undocumented(Method::GET, &format!("/{name}"), handler, public)
    });
    all.with_state(assets)
}

/// A file whose name changes with its content: kept for a year.
async fn asset(
    State(assets): State<Assets>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let path = format!("assets/{name}");
    let kind = kind(&name).filter(|_| is_plain(&name));
    let kind = kind.ok_or_else(Error::not_found)?;
    let (coding, bytes) = best(&assets, &path, &headers).ok_or_else(Error::not_found)?;
    let mut response = tagged(bytes, &format!("{name}-{coding}"), &headers);
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, kind);
    head.insert(CACHE_CONTROL, FOREVER);
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if coding != "identity" {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Ok(response)
}

/// A file whose name stays: asked for again each time, and not sent again where it is the same.
fn at_root(assets: &Assets, name: &str, headers: &HeaderMap) -> Result<Response, Error> {
    let bytes = assets.file(name).ok_or_else(Error::not_found)?;
    let tag = base64url_encode(&sha256(&bytes));
    let mut response = tagged(bytes, &tag, headers);
    let head = response.headers_mut();
    if let Some(kind) = kind(name) {
        head.insert(CONTENT_TYPE, kind);
    }
    head.insert(CACHE_CONTROL, ASK_AGAIN);
    head.insert(CONTENT_SECURITY_POLICY, WORKER_POLICY);
    Ok(response)
}

/// The file, or 304 where the browser has it.
fn tagged(bytes: Bytes, tag: &str, headers: &HeaderMap) -> Response {
    let etag = format!("\"{tag}\"");
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known
            .split(',')
            .any(|known| known.trim().trim_start_matches("W/") == etag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    if let Ok(etag) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// The smallest form of a file that the browser takes.
fn best(assets: &Assets, path: &str, headers: &HeaderMap) -> Option<(&'static str, Bytes)> {
    for (coding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers, coding)
            && let Some(bytes) = assets.file(&format!("{path}.{ending}"))
        {
            return Some((coding, bytes));
        }
    }
    Some(("identity", assets.file(path)?))
}

fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|accepted| accepted.to_str().ok())
        .unwrap_or_default();
    accepted.split(',').any(|line| {
        let mut parts = line.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        named && !refused
    })
}

fn is_plain(name: &str) -> bool {
    !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn kind(name: &str) -> Option<HeaderValue> {
    let (_, ending) = name.rsplit_once('.')?;
    let kind = match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "json" | "map" => "application/json",
        "mp3" => "audio/mpeg",
        _ => return None,
    };
    Some(HeaderValue::from_static(kind))
}
