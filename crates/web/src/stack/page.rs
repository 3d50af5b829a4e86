//! The small page a browser gets where there is no other.

use axum::http::StatusCode;

use super::render::Words;
use crate::exchange::Exchange;

/// A page that says what happened, names the request and leads home.
pub(super) fn page(
    status: StatusCode,
    detail: &str,
    exchange: &Exchange,
    words: &Words<'_>,
) -> Vec<u8> {
    let title = words.text(
        if status == StatusCode::NOT_FOUND {
            "page.not_found"
        } else {
            "page.failed"
        },
        &[],
    );
    let home = words.text("page.home", &[]);
    let reference = words.text("page.request", &[("id", exchange.request_id.clone())]);
    let [title, detail, home, reference] = [&title, detail, &home, &reference].map(escape);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Hanok</title></head>\n\
         <body><main><h1>{title}</h1><p>{detail}</p><p><a href=\"/\">{home}</a></p>\
         <p><small>{status} · {reference}</small></p></main></body></html>\n",
        lang = words.locale,
        status = status.as_u16(),
    )
    .into_bytes()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
