//! Small pages without script or outside content.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use hanok_base::encoding::base64_encode;
use hanok_base::secret::sha256;
use serde::Serialize;

use super::people::{PEOPLE, Person};

const STYLE: &str = include_str!("page.css");
const PLAIN: &str = include_str!("start.html");
const DEMO: &str = include_str!("start-demo.html");

/// A page and the policy that lets its style in.
#[derive(Clone)]
pub(super) struct Page(String);

impl IntoResponse for Page {
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

fn page(title: &str, body: &str) -> Page {
    Page(format!(
        "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Hanok</title>\
         <style>{STYLE}</style></head>\n<body><main>{body}</main></body></html>\n"
    ))
}

/// The start page; the demo's names its people.
pub(super) fn start(demo: bool) -> Page {
    if demo {
        page("한옥 데모", &DEMO.replace("{people}", &rows(PEOPLE)))
    } else {
        page("한옥", PLAIN)
    }
}

fn rows(people: &[Person]) -> String {
    people.iter().fold(String::new(), |mut rows, person| {
        let Person { name, username, password, .. } = person;
        let role = person.role();
        let _ = writeln!(
            rows,
            "<tr><td>{name}</td><td><code>{username}</code></td><td><code>{password}</code></td><td>{role}</td></tr>"
        );
        rows
    })
}

/// A page of entries, the newest first: a time and a text each.
pub(super) fn list(
    title: &str,
    english: &str,
    entries: impl Iterator<Item = (String, String)>,
) -> Page {
    let mut items = String::new();
    for (time, text) in entries {
        let _ = writeln!(
            items,
            "<li><time>{}</time><pre>{}</pre></li>",
            escape(&time),
            escape(&text)
        );
    }
    if items.is_empty() {
        items.push_str("<li>아직 없습니다. <small lang=\"en\">Nothing yet.</small></li>");
    }
    let body = format!(
        "<p class=\"badge\">데모</p><h1>{title}</h1><p lang=\"en\">{english}.</p><ul>{items}</ul><p><a href=\"/\">처음으로</a></p>"
    );
    page(title, &body)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Whether a browser asks, which gets a page, or a program, which gets JSON.
pub(super) struct Wants {
    page: bool,
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let accept = parts
            .headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok());
        Ok(Self {
            page: accept.is_some_and(|accept| accept.contains("text/html")),
        })
    }
}

impl Wants {
    /// The entries as what was asked for.
    pub(super) fn answer<T: Serialize>(
        &self,
        entries: &[T],
        page: impl FnOnce(&[T]) -> Page,
    ) -> Response {
        if self.page {
            page(entries).into_response()
        } else {
            Json(entries).into_response()
        }
    }
}
