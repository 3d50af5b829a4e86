//! The document at `/api/openapi.json`, and the page that shows it.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hanok_base::encoding::base64url_encode;
use hanok_base::secret::sha256;
use utoipa::openapi::OpenApi;

use super::reference;
use crate::access::Access;
use crate::routes::Routes;

/// Where the document is served.
pub const PATH: &str = "/api/openapi.json";

#[derive(Clone)]
struct Served {
    json: Bytes,
    etag: HeaderValue,
}

/// The routes that serve `document`, with an `ETag`, and show it at `/docs/api`.
///
/// # Errors
/// Where the document cannot be written as JSON.
pub fn route(document: &OpenApi) -> Result<Routes, serde_json::Error> {
    let json = Bytes::from(document.to_json()?);
    let tag = base64url_encode(&sha256(&json));
    let etag =
        HeaderValue::try_from(format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    let routes =
        Routes::<Served>::new().undocumented(Method::GET, PATH, get(serve), Access::Public);
    let routes = routes.with_state(Served { json, etag });
    Ok(routes.merge(reference::route(document)?))
}

async fn serve(State(served): State<Served>, headers: HeaderMap) -> Response {
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .unwrap_or_default();
    let etag = served.etag.to_str().unwrap_or_default();
    let revalidate = HeaderValue::from_static("no-cache");
    let caching = [(ETAG, served.etag.clone()), (CACHE_CONTROL, revalidate)];
    if known
        .split(',')
        .any(|tag| tag.trim().trim_start_matches("W/") == etag)
    {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = HeaderValue::from_static("application/json");
    (caching, [(CONTENT_TYPE, kind)], served.json).into_response()
}
