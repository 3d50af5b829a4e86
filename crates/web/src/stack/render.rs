//! Refusals and faults become problems (RFC 9457) in the caller's language, and log lines.

use std::borrow::Cow;
use std::error::Error as StdError;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue,
};
use axum::response::Response;
use hanok_base::i18n::{Catalogue, Locale};

use super::{cors, page};
use crate::codes::Code;
use crate::config::Settings;
use crate::error::{Error, FieldError, Refusal};
use crate::exchange::Exchange;
use crate::openapi::{Problem, ProblemField};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What the way out needs of a request that the way in has used up.
pub(super) struct Outline {
    pub(super) is_api: bool,
    pub(super) wants_page: bool,
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
            accept_encoding: headers.get(ACCEPT_ENCODING).cloned(),
            cors_origin: cors::origin(headers, &settings.cors),
        }
    }
}

/// Renders `response` where it is a refusal of ours, or one of the router's that says nothing.
pub(super) fn render(
    mut response: Response,
    exchange: &Exchange,
    outline: &Outline,
    catalogue: &Catalogue,
) -> Response {
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        log(refusal.error());
        return tell(response, refusal.error(), exchange, outline, catalogue);
    }
    match silent(&response) {
        Some(code) => tell(response, &Error::new(code), exchange, outline, catalogue),
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

fn tell(
    response: Response,
    error: &Error,
    exchange: &Exchange,
    outline: &Outline,
    catalogue: &Catalogue,
) -> Response {
    let words = Words {
        catalogue,
        locale: exchange.locale(),
    };
    let status = response.status();
    let (mut parts, _) = response.into_parts();
    let (kind, body) = if outline.wants_page {
        (
            HTML,
            Ok(page::page(status, &words.detail(error), exchange, &words)),
        )
    } else {
        (
            PROBLEM_JSON,
            serde_json::to_vec(&problem(status, error, exchange, &words)),
        )
    };
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, kind);
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
pub(super) struct Words<'a> {
    catalogue: &'a Catalogue,
    pub(super) locale: Locale,
}

impl Words<'_> {
    /// What happened: the text the error names, else that of its code, else its title.
    fn detail(&self, error: &Error) -> String {
        let key = match error.detail_key() {
            Some(key) => Cow::Borrowed(key),
            None => Cow::Owned(["error.", error.code().name].concat()),
        };
        if self.catalogue.has(&key) {
            self.text(&key, error.args())
        } else {
            error.code().title.to_owned()
        }
    }

    fn field<'a>(&self, field: &'a FieldError) -> ProblemField<'a> {
        let detail = self.text(&["field.", field.code].concat(), &field.args);
        ProblemField {
            pointer: field.pointer.as_ref().into(),
            detail,
            code: field.code.into(),
        }
    }

    /// A text with its arguments.
    pub(super) fn text(&self, key: &str, args: &[(&'static str, String)]) -> String {
        let values: Vec<(&str, &str)> =
            args.iter().map(|(name, value)| (*name, &**value)).collect();
        self.catalogue.text(self.locale, key, &values)
    }
}
