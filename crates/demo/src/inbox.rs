//! What the demo keeps instead of sending, as a page for a browser and as JSON for a program.

use std::convert::Infallible;

use askama::Template;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::Page;
use hanok_web::page::filters;
use serde::Serialize;

/// One thing that is kept.
pub(crate) struct Entry {
    /// When it came.
    pub(crate) at: Timestamp,
    /// To whom it went, or what it is.
    pub(crate) title: String,
    /// What it says.
    pub(crate) text: String,
}

/// A list of entries, the newest first, and what is said where there is none.
#[derive(Template)]
#[template(path = "inbox.html")]
pub(crate) struct Inbox {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// The icon of the empty list.
    pub(crate) icon: &'static str,
    /// That nothing is here.
    pub(crate) none: Text,
    /// What will appear here, and how.
    pub(crate) how: Text,
    /// Where to make it appear.
    pub(crate) way: (Text, &'static str),
}

impl Inbox {
    /// The page of the list.
    pub(crate) fn page(self, title: Text, purpose: Text) -> Page {
        Page::new(title, self).purpose(purpose).entry("demo")
    }
}

/// Whether a browser asks, which gets a page, or a program, which gets JSON.
pub(crate) struct Wants {
    page: bool,
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let accept = parts.headers.get(ACCEPT);
        let accept = accept.and_then(|accept| accept.to_str().ok());
        Ok(Self {
            page: accept.is_some_and(|accept| accept.contains("text/html")),
        })
    }
}

impl Wants {
    /// What is kept, as what was asked for.
    pub(crate) fn answer<T: Serialize>(&self, kept: &T, page: impl FnOnce(&T) -> Page) -> Response {
        if self.page {
            page(kept).into_response()
        } else {
            Json(kept).into_response()
        }
    }
}
