//! The frame of a small page without script or outside content, and the start page that says the
//! program is running.

use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, Method};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hanok_base::encoding::base64_encode;
use hanok_base::secret::sha256;

use crate::access::Access;
use crate::routes::Routes;

const STYLE: &str = include_str!("page.css");
const START: &str = include_str!("start.html");

/// A page and the policy that lets its style in.
#[derive(Clone)]
pub struct PlainPage(String);

impl PlainPage {
    /// A page of this title and body; both are HTML already.
    pub fn new(title: &str, body: &str) -> Self {
        Self(format!(
            "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Hanok</title>\
             <style>{STYLE}</style></head>\n<body><main>{body}</main></body></html>\n"
        ))
    }
}

impl IntoResponse for PlainPage {
    fn into_response(self) -> Response {
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            base64_encode(&sha256(STYLE.as_bytes()))
        );
        let mut response = Html(self.0).into_response();
        if let Ok(policy) = HeaderValue::try_from(policy) {
            response
                .headers_mut()
                .insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// Text as HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// `/`, which always shows this page.
pub fn at_the_start(page: PlainPage) -> Routes {
    Routes::<PlainPage>::new()
        .undocumented(
            Method::GET,
            "/",
            get(async |State(page): State<PlainPage>| page),
            Access::Public,
        )
        .with_state(page)
}

/// The start page of a program that serves: it is running.
pub fn start() -> PlainPage {
    PlainPage::new("한옥", START)
}
