//! What must come from a page of ours, whoever is signed in: nobody is signed in or registered by a page they did
//! not open.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{ORIGIN, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Uri};

use super::cross_site::{SEC_FETCH_SITE, is_same_host};
use crate::codes;
use crate::ctx::exchange;
use crate::error::Error;

/// Proof that no page of another site made the browser send this: a handler that takes it answers 403 `cross_site`
/// otherwise. An origin of `cors_origins` is another site here. As an option it tells instead of refusing.
#[derive(Clone, Copy, Debug)]
pub struct OwnPage(());

impl<S: Send + Sync> FromRequestParts<S> for OwnPage {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let own = &exchange(parts)?.origin;
        if is_from_elsewhere(&parts.headers, &parts.uri, own) {
            return Err(Error::new(codes::CROSS_SITE));
        }
        Ok(Self(()))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for OwnPage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Infallible> {
        let own = <Self as FromRequestParts<S>>::from_request_parts(parts, state).await;
        Ok(own.ok())
    }
}

/// Whether a page of another site than `own` made the browser send this: by `Sec-Fetch-Site`, else `Origin`, else
/// `Referer`. With none of them no browser says so.
fn is_from_elsewhere(headers: &HeaderMap, uri: &Uri, own: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let sent = text(&ORIGIN).or_else(|| text(&REFERER));
    sent.is_some_and(|page| {
        let origin = origin_of(page);
        origin != own && !is_same_host(origin, headers, uri)
    })
}

/// Scheme, host and port of an address.
fn origin_of(address: &str) -> &str {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.split('/').next().unwrap_or(address);
    };
    let host = rest.split('/').next().unwrap_or(rest);
    let end = scheme.len() + "://".len() + host.len();
    address.get(..end).unwrap_or(address)
}
