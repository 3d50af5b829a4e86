//! Unsafe requests that a cookie authenticates must come from our own pages.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Uri};

use crate::codes;
use crate::config::Settings;
use crate::error::Error;
use crate::extract::is_form;
use crate::principal::{Principal, Via};

pub(super) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses (403 `cross_site`) what a foreign page makes a browser send with our cookie or as a form.
///
/// With neither `Sec-Fetch-Site` nor `Origin` no browser sent it, and it is accepted.
pub(super) fn check(
    principal: &Principal,
    request: &Request,
    settings: &Settings,
) -> Result<(), Error> {
    let by_cookie = principal
        .caller()
        .is_some_and(|caller| caller.via == Via::Cookie);
    // A form may sign in or change what the browser remembers without a cookie of ours.
    let is_at_risk = by_cookie || is_form(request.headers());
    if !is_at_risk
        || request.method().is_safe()
        || is_ours(request.headers(), request.uri(), settings)
    {
        return Ok(());
    }
    Err(Error::new(codes::CROSS_SITE))
}

/// Whether one of our own pages, a configured origin or no browser sent these headers to this address.
pub(crate) fn is_ours(headers: &HeaderMap, uri: &Uri, settings: &Settings) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        if site == "same-origin" || site == "none" {
            return true;
        }
        return headers
            .get(ORIGIN)
            .is_some_and(|origin| is_configured(origin.as_bytes(), settings));
    }
    headers.get(ORIGIN).is_none_or(|origin| {
        is_configured(origin.as_bytes(), settings)
            || origin.as_bytes() == settings.origin.as_bytes()
            || origin
                .to_str()
                .is_ok_and(|origin| is_same_host(origin, headers, uri))
    })
}

fn is_configured(origin: &[u8], settings: &Settings) -> bool {
    settings
        .cors
        .iter()
        .any(|allowed| allowed.as_bytes() == origin)
}

/// Whether the page's host is the one the request was sent to; a browser lets no page choose either.
pub(super) fn is_same_host(origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(Authority::as_str));
    origin
        .split_once("://")
        .is_some_and(|(_, origin_host)| Some(origin_host) == host)
}
