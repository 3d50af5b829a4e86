//! The demo's pages, each as JSON too.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use hanok_web::page::plain::{PlainPage, escape};
use serde::Serialize;

use crate::people::{PEOPLE, Person};

const START: &str = include_str!("start.html");

/// The start page, which names the demo's people.
pub(crate) fn start() -> PlainPage {
    PlainPage::new("한옥 데모", &START.replace("{people}", &rows(PEOPLE)))
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
pub(crate) fn list(
    title: &str,
    english: &str,
    entries: impl Iterator<Item = (String, String)>,
) -> PlainPage {
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
    PlainPage::new(title, &body)
}

/// Whether a browser asks, which gets a page, or a program, which gets JSON.
pub(crate) struct Wants {
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
    pub(crate) fn answer<T: Serialize>(
        &self,
        entries: &[T],
        page: impl FnOnce(&[T]) -> PlainPage,
    ) -> Response {
        if self.page {
            page(entries).into_response()
        } else {
            Json(entries).into_response()
        }
    }
}
