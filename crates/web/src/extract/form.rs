//! What a form sends.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::fault;
use super::json::{RawJson, read};
use crate::error::{Error, FieldError};

/// The fields of a form, as `application/x-www-form-urlencoded` or as JSON.
///
/// A body that cannot be read is 400 `invalid_request`, a page where the route is one's.
#[derive(Clone, Copy, Debug)]
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        if is_form(request.headers()) {
            let bytes = read(request.into_body()).await?;
            return parse(&bytes).map(Self);
        }
        RawJson::from_request(request, state)
            .await?
            .parse()
            .map(Self)
    }
}

/// Whether the body is a form's.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn parse<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Error> {
    for (name, value) in form_urlencoded::parse(bytes) {
        if name.contains('\0') || value.contains('\0') {
            let pointer = format!("/{}", name.replace('\0', ""));
            return Err(Error::invalid_request([FieldError::new(
                pointer,
                "nul_character",
            )]));
        }
    }
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(bytes));
    serde_path_to_error::deserialize(reader).map_err(|fault| {
        let message = fault.inner().to_string();
        Error::invalid_request([fault::field_error(fault.path(), &message)])
    })
}
