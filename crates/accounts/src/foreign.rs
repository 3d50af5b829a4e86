//! Whether another site sent a browser here.

use axum::http::header::{HOST, ORIGIN, REFERER};
use axum::http::{HeaderMap, HeaderName};
use hanok_web::codes;
use hanok_web::error::Error;

use crate::context::Accounts;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Accounts {
    /// Whether a page of another site made the browser send this: by `Sec-Fetch-Site`, else `Origin`, else
    /// `Referer`. With none of them no browser says so.
    pub(crate) fn is_from_elsewhere(&self, headers: &HeaderMap) -> bool {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if let Some(site) = text(&SEC_FETCH_SITE) {
            return site != "same-origin" && site != "none";
        }
        let host = text(&HOST);
        let sent = text(&ORIGIN).or_else(|| text(&REFERER));
        sent.is_some_and(|page| {
            let origin = origin_of(page);
            origin != self.origin && origin.split_once("://").map(|(_, host)| host) != host
        })
    }

    /// Refuses what another site's page sent: nobody is signed in or registered by a page they did not open.
    ///
    /// # Errors
    /// 403 `cross_site`.
    pub fn check_own_page(&self, headers: &HeaderMap) -> Result<(), Error> {
        if self.is_from_elsewhere(headers) {
            Err(Error::new(codes::CROSS_SITE))
        } else {
            Ok(())
        }
    }
}

/// Scheme, host and port of an address.
fn origin_of(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address
        .char_indices()
        .find(|(at, c)| *at >= start && *c == '/')
        .map_or(address.len(), |(at, _)| at);
    address.get(..end).unwrap_or(address)
}
