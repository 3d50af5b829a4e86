//! The one error of the wire: made once, logged once, rendered by the stack.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use hanok_base::i18n::Text;

use crate::codes::{self, Code};

/// The arguments of a catalogue text: name and value.
pub type Args = Vec<(&'static str, String)>;

/// A cause that is logged and never shown.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a request was refused or failed, as the caller is told.
///
/// A handler returns it; the stack logs it with its source and renders it as RFC 9457
/// `application/problem+json` (or a page) in the caller's language, with the request id.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    code: Code,
    detail: Option<Cow<'static, str>>,
    args: Args,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    headers: HeaderMap,
    source: Option<Source>,
}

/// What is wrong with one field of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: a JSON pointer (RFC 6901) into the body, or `/name` of a query parameter.
    pub pointer: Cow<'static, str>,
    /// What: the catalogue's `field.<code>` is its text.
    pub code: &'static str,
    /// The arguments of that text. Never what was typed.
    pub args: Args,
}

impl FieldError {
    /// `code` is wrong at `pointer`.
    pub fn new(pointer: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            args: Args::new(),
        }
    }

    /// Adds an argument of the text.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and text are passed as they come"
    )]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// What it says to the caller.
    pub fn text(&self) -> Text {
        text(Cow::Owned(["field.", self.code].concat()), &self.args)
    }
}

fn text(key: Cow<'static, str>, args: &[(&'static str, String)]) -> Text {
    let values = args
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), value.clone()));
    Text {
        key,
        values: values.collect(),
    }
}

impl Error {
    /// A refusal or fault of the given code.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Details {
            code,
            detail: None,
            args: Args::new(),
            fields: Vec::new(),
            retry_after: None,
            headers: HeaderMap::new(),
            source: None,
        }))
    }

    /// 500 `internal`: a fault of ours. `source` is logged and never shown.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::new(codes::INTERNAL).source(source)
    }

    /// 401 `unauthorized`: nobody we know.
    pub fn unauthorized() -> Self {
        Self::new(codes::UNAUTHORIZED).challenge("Bearer realm=\"hanok\"")
    }

    /// 403 `forbidden`: known, and not allowed.
    pub fn forbidden() -> Self {
        Self::new(codes::FORBIDDEN)
    }

    /// 404 `not_found`, also where the caller may not know that a thing exists.
    pub fn not_found() -> Self {
        Self::new(codes::NOT_FOUND)
    }

    /// 503 `busy`: a bounded queue is full; worth another try in a second.
    pub fn busy() -> Self {
        Self::new(codes::BUSY).retry_after(Duration::from_secs(1))
    }

    /// 503 `unavailable`: something this needs does not answer.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self::new(codes::UNAVAILABLE)
            .retry_after(Duration::from_secs(5))
            .source(source)
    }

    /// 429 `rate_limited`, to be tried again after `wait`, told in the unit that people count it in.
    pub fn rate_limited(wait: Duration) -> Self {
        let error = Self::new(codes::RATE_LIMITED).retry_after(wait);
        let seconds = whole_seconds(wait);
        let minutes = seconds.div_ceil(60);
        if seconds <= 90 {
            error.arg("seconds", seconds)
        } else if minutes <= 90 {
            error
                .detail("error.rate_limited_minutes")
                .arg("minutes", minutes)
        } else {
            error
                .detail("error.rate_limited_hours")
                .arg("hours", minutes.div_ceil(60))
        }
    }

    /// 400 `invalid_request` for the given fields.
    pub fn invalid_request(fields: impl IntoIterator<Item = FieldError>) -> Self {
        let mut error = Self::new(codes::INVALID_REQUEST);
        error.0.fields.extend(fields);
        error
    }

    /// 422 `unprocessable`: the input is whole, and these places of it cannot be done.
    pub fn unprocessable(fields: impl IntoIterator<Item = FieldError>) -> Self {
        let mut error = Self::new(codes::UNPROCESSABLE);
        error.0.fields.extend(fields);
        error
    }

    /// 401 `invalid_client`: unknown client and wrong secret are one answer.
    pub fn invalid_client() -> Self {
        Self::new(codes::INVALID_CLIENT).challenge("Basic realm=\"hanok\", charset=\"UTF-8\"")
    }

    /// Adds that `code` is wrong at `pointer`.
    #[must_use]
    pub fn field(self, pointer: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        self.field_error(FieldError::new(pointer, code))
    }

    /// Adds a field error.
    #[must_use]
    pub fn field_error(mut self, field: FieldError) -> Self {
        self.0.fields.push(field);
        self
    }

    /// Tells it by another catalogue text than `error.<code>`.
    #[must_use]
    pub fn detail(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(key.into());
        self
    }

    /// Adds an argument of the detail's text.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and text are passed as they come"
    )]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.args.push((name, value.to_string()));
        self
    }

    /// Says when it may be tried again (`Retry-After`, rounded up to seconds).
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Says how to prove who one is (`WWW-Authenticate`).
    #[must_use]
    pub fn challenge(self, scheme: &'static str) -> Self {
        self.header(WWW_AUTHENTICATE, HeaderValue::from_static(scheme))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Keeps the cause, which is logged and never shown.
    #[must_use]
    pub fn source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.code.status
    }

    /// The field errors.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// When it may be tried again.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What it says to the caller: the text it names, else that of its code.
    pub fn text(&self) -> Text {
        let named = self.0.detail.clone();
        let key = named.unwrap_or_else(|| Cow::Owned(["error.", self.0.code.name].concat()));
        text(key, &self.0.args)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status().as_u16(), self.0.code.name)?;
        for field in &self.0.fields {
            write!(f, " {}:{}", field.pointer, field.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

/// The error inside a response, on its way to the stack's render step.
#[derive(Clone, Debug)]
pub struct Refusal(Arc<Error>);

impl Refusal {
    /// The error.
    pub fn error(&self) -> &Error {
        &self.0
    }

    /// The code of the refusal in a response.
    pub(crate) fn code_in(response: &Response) -> Option<Code> {
        response
            .extensions()
            .get::<Self>()
            .map(|refusal| refusal.error().code())
    }
}

impl IntoResponse for Error {
    fn into_response(mut self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        headers.extend(std::mem::take(&mut self.0.headers));
        if let Some(wait) = self.0.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        response.extensions_mut().insert(Refusal(Arc::new(self)));
        response
    }
}

/// Seconds, rounded up and at least one.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use hanok_base::i18n::{Catalogue, Locale};

    use super::*;

    #[test]
    fn a_long_wait_is_told_in_minutes_or_hours_and_sent_in_seconds() {
        let catalogue = Catalogue::new(&crate::MESSAGES).unwrap();
        for (seconds, ko, en) in [
            (1, "1초 뒤에", "in 1 s."),
            (90, "90초 뒤에", "in 90 s."),
            (91, "약 2분 뒤에", "in about 2 minutes."),
            (3019, "약 51분 뒤에", "in about 51 minutes."),
            (5400, "약 90분 뒤에", "in about 90 minutes."),
            (5401, "약 2시간 뒤에", "in about 2 hours."),
            (86_400, "약 24시간 뒤에", "in about 24 hours."),
        ] {
            let error = Error::rate_limited(Duration::from_secs(seconds));
            let told = |locale| catalogue.tell(locale, &error.text());
            assert!(told(Locale::Ko).contains(ko), "{}", told(Locale::Ko));
            assert!(told(Locale::En).ends_with(en), "{}", told(Locale::En));
            let response = error.into_response();
            let header = response.headers().get(RETRY_AFTER).unwrap();
            assert_eq!(header.to_str().unwrap(), seconds.to_string());
        }
    }
}
