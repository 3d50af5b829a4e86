//! JSON bodies, in and out.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use super::fault;
use crate::body::{self, BodyFault};
use crate::codes;
use crate::error::{Error, FieldError};

/// A JSON body: of a request, read with a clear refusal of whatever is wrong with it; or of an answer.
///
/// `Option<Json<T>>` takes an empty body or `null` for `None`.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// The bytes of a body that says it is JSON, for a handler that needs them as sent besides the value.
#[derive(Clone, Debug)]
pub struct RawJson(pub Bytes);

impl RawJson {
    /// Reads the value.
    ///
    /// # Errors
    /// As [`parse_json`].
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        parse_json(&self.0)
    }
}

impl<S: Send + Sync> FromRequest<S> for RawJson {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        if body.is_end_stream() {
            return Err(missing_body());
        }
        check_type(&parts.headers)?;
        let bytes = read(body).await?;
        if bytes.is_empty() {
            Err(missing_body())
        } else {
            Ok(Self(bytes))
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        RawJson::from_request(request, state)
            .await?
            .parse()
            .map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Option<Self>, Error> {
        let (parts, body) = request.into_parts();
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        check_type(&parts.headers)?;
        parse_json::<Option<T>>(&bytes).map(|value| value.map(Self))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(CONTENT_TYPE, JSON)], bytes).into_response(),
            Err(fault) => Error::internal(fault).into_response(),
        }
    }
}

/// Reads a whole body: 408, 413 or 400 where that fails.
pub(crate) async fn read(body: Body) -> Result<Bytes, Error> {
    axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|fault| match body::fault_of(&fault) {
            Some(BodyFault::TooLarge { limit }) => body::too_large(limit),
            Some(BodyFault::TooSlow) => body::too_slow(),
            None => Error::invalid_request([]).detail("error.broken_body"),
        })
}

fn missing_body() -> Error {
    Error::invalid_request([]).detail("error.missing_body")
}

/// Refuses what does not say it is JSON in UTF-8, or is encoded.
fn check_type(headers: &HeaderMap) -> Result<(), Error> {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let is_json = kind.eq_ignore_ascii_case("application/json") || is_json_suffixed(kind);
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = charset.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    });
    let is_plain = headers
        .get(CONTENT_ENCODING)
        .is_none_or(|coding| coding == "identity");
    if is_json && is_utf8 && is_plain {
        Ok(())
    } else {
        Err(Error::new(codes::UNSUPPORTED_MEDIA_TYPE))
    }
}

fn is_json_suffixed(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.starts_with("application/") && kind.ends_with("+json")
}

/// Reads a JSON object.
///
/// # Errors
/// 400 `invalid_request`: not UTF-8, not JSON (line and column), an array, or with the field that is
/// missing, has the wrong type or holds a NUL character. What was sent is never repeated.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::invalid_request([]).detail("error.body_not_utf8"))?;
    if text.contains("\\u0000") {
        refuse_nul(text)?;
    }
    refuse_array(text)?;
    serde_json::from_str(text).map_err(|fault| explain::<T>(text, &fault))
}

/// Reads `text` once more, now keeping track of where it goes wrong.
fn explain<T: DeserializeOwned>(text: &str, fault: &serde_json::Error) -> Error {
    if matches!(fault.classify(), Category::Syntax | Category::Eof) {
        return Error::invalid_request([])
            .detail("error.malformed_json")
            .arg("line", fault.line())
            .arg("column", fault.column());
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => Error::invalid_request([]),
        Err(fault) => {
            let message = fault.inner().to_string();
            Error::invalid_request([fault::field_error(fault.path(), &message)])
        }
    }
}

/// Refuses an array, from which serde would take a struct's fields by their order.
fn refuse_array(text: &str) -> Result<(), Error> {
    if text.trim_start().starts_with('[') {
        return Err(Error::invalid_request([FieldError::new(
            "",
            "expected_object",
        )]));
    }
    Ok(())
}

/// Refuses NUL characters, which PostgreSQL's text cannot hold.
fn refuse_nul(text: &str) -> Result<(), Error> {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Ok(());
    };
    let mut fields = Vec::new();
    find_nul(&value, &mut String::new(), &mut fields);
    if fields.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid_request(fields))
    }
}

fn find_nul(value: &Value, pointer: &mut String, found: &mut Vec<FieldError>) {
    let mut step = |name: &str, value: &Value, found: &mut Vec<FieldError>| {
        let length = pointer.len();
        fault::push(pointer, name);
        find_nul(value, pointer, found);
        pointer.truncate(length);
    };
    match value {
        Value::String(text) if text.contains('\0') => {
            found.push(FieldError::new(pointer.clone(), "nul_character"));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| step(&index.to_string(), item, found));
        }
        Value::Object(members) => {
            let nul_name = members.keys().any(|name| name.contains('\0'));
            members
                .iter()
                .for_each(|(name, member)| step(name, member, found));
            if nul_name {
                found.push(FieldError::new(pointer.clone(), "nul_character"));
            }
        }
        _ => {}
    }
}
