//! Refusals and faults become problems (RFC 9457) in the caller's language, and log lines.

use std::error::Error as StdError;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue,
};
use axum::response::{IntoResponse, Response};
use hanok_base::i18n::{Catalogue, Locale, Text};

use super::detach::Panicked;
use super::{cors, page};
use crate::codes::Code;
use crate::config::Settings;
use crate::error::{Error, FieldError, Refusal};
use crate::exchange::Exchange;
use crate::metrics;
use crate::openapi::{Problem, ProblemField};
use crate::page::Around;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What the way out needs of a request that the way in has used up.
pub(super) struct Outline {
    pub(super) is_api: bool,
    wants_page: bool,
    wants_json: bool,
    pub(super) accept_encoding: Option<HeaderValue>,
    pub(super) cors_origin: Option<HeaderValue>,
}

impl Outline {
    pub(super) fn of(request: &Request, settings: &Settings) -> Self {
        let headers = request.headers();
        let path = request.uri().path();
        let is_api = path
            .strip_prefix("/api")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let accept = headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .unwrap_or_default();
        Self {
            is_api,
            wants_page: !is_api && accept.contains("text/html"),
            wants_json: accept.contains("application/json") && !accept.contains("text/html"),
            accept_encoding: headers.get(ACCEPT_ENCODING).cloned(),
            cors_origin: cors::origin(headers, &settings.cors),
        }
    }
}

/// Puts the frame around a page, and renders what is a refusal of ours, or one of the router's that says nothing.
pub(super) fn render(
    mut response: Response,
    exchange: &Exchange,
    outline: &Outline,
    around: &Around,
) -> Response {
    match page::framed(&mut response, exchange, around) {
        Ok(Some(page)) => return page,
        Ok(None) => {}
        Err(fault) => response = fault.into_response(),
    }
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        log(refusal.error());
        note(refusal.error(), exchange);
        metrics::refused(refusal.error().code());
        return tell(response, refusal.error(), exchange, outline, around);
    }
    match silent(&response) {
        Some(code) => {
            metrics::refused(code);
            let error = Error::new(code);
            note(&error, exchange);
            tell(response, &error, exchange, outline, around)
        }
        None => response,
    }
}

/// The code of an error answer that the router or an extractor of axum made.
fn silent(response: &Response) -> Option<Code> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let kind = response.headers().get(CONTENT_TYPE);
    let is_silent = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    is_silent.then(|| Code::of_status(status))
}

/// A fault is logged with its causes; a refusal only where somebody looks for it.
fn log(error: &Error) {
    if !error.status().is_server_error() {
        tracing::debug!(target: "hanok_web::refused", refused = %error, cause = causes(error));
    } else if error.source().is_some() || error.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(failed = %error, cause = causes(error));
    } else {
        tracing::warn!(failed = %error);
    }
}

/// A fault of ours is kept for whoever makes alerts of them; of a panic only that it was one.
fn note(error: &Error, exchange: &Exchange) {
    if error.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let is_panic = matches!(error.source(), Some(source) if source.is::<Panicked>());
        let causes = if is_panic {
            Panicked::TOLD.to_owned()
        } else {
            causes(error).unwrap_or_default()
        };
        exchange.note_failure(format!("{}: {causes}", error.code().name));
    }
}

fn causes(error: &Error) -> Option<String> {
    let first = error.source()?;
    let mut chain = first.to_string();
    let mut cause = first.source();
    while let Some(next) = cause {
        chain.push_str(": ");
        chain.push_str(&next.to_string());
        cause = next.source();
    }
    Some(chain)
}

/// Tells people by a page and programs by a problem; a page that needs somebody leads to signing in.
fn tell(
    response: Response,
    error: &Error,
    exchange: &Exchange,
    outline: &Outline,
    around: &Around,
) -> Response {
    let is_page = exchange.is_page() && !outline.wants_json;
    if is_page && error.status() == StatusCode::UNAUTHORIZED {
        return page::to_login(exchange);
    }
    let words = Words {
        catalogue: &around.catalogue,
        locale: exchange.locale(),
    };
    if is_page || outline.wants_page {
        let detail = words.known(error);
        return page::failure(response, detail, exchange, around).unwrap_or_else(|fault| {
            log(&fault);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        });
    }
    let status = response.status();
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(&problem(status, error, exchange, &words));
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, PROBLEM_JSON);
    parts.headers.insert(
        CONTENT_LANGUAGE,
        HeaderValue::from_static(words.locale.as_str()),
    );
    Response::from_parts(parts, Body::from(body.unwrap_or_default()))
}

fn problem<'a>(
    status: StatusCode,
    error: &'a Error,
    exchange: &'a Exchange,
    words: &Words<'_>,
) -> Problem<'a> {
    let code = error.code();
    Problem {
        r#type: format!("/problems/{}", code.name),
        code: code.name.into(),
        title: code.title.into(),
        detail: words.detail(error),
        status: status.as_u16(),
        error: code.title.into(),
        errors: error
            .fields()
            .iter()
            .map(|field| words.field(field))
            .collect(),
        request_id: exchange.request_id.as_str().into(),
    }
}

/// The catalogue in one language.
struct Words<'a> {
    catalogue: &'a Catalogue,
    locale: Locale,
}

impl Words<'_> {
    /// What happened: the text the error names or that of its code, where there is one; else its title.
    fn known(&self, error: &Error) -> Text {
        let text = error.text();
        if self.catalogue.has(&text.key) {
            text
        } else {
            Text::new(error.code().title)
        }
    }

    fn detail(&self, error: &Error) -> String {
        self.catalogue.tell(self.locale, &self.known(error))
    }

    fn field<'a>(&self, field: &'a FieldError) -> ProblemField<'a> {
        ProblemField {
            pointer: field.pointer.as_ref().into(),
            detail: self.catalogue.tell(self.locale, &field.text()),
            code: field.code.into(),
        }
    }
}
