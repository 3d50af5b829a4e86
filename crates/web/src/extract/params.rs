//! Parameters of path and query.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::fault;
use crate::error::{Error, FieldError};

/// The parameters of the path. One that cannot be read names nothing: 404 `not_found`.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// The parameters of the query; 400 `invalid_request` names the one that is wrong as `/name`.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if parts.uri.path().contains("%00") {
            return Err(Error::not_found());
        }
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(refused) if refused.status().is_server_error() => Err(Error::internal(refused)),
            Err(_) => Err(Error::not_found()),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        for (name, value) in pairs {
            if name.contains('\0') || value.contains('\0') {
                let name = name.replace('\0', "");
                return Err(Error::invalid_request([FieldError::new(
                    format!("/{name}"),
                    "nul_character",
                )]));
            }
        }
        let reader = serde_urlencoded::Deserializer::new(pairs);
        serde_path_to_error::deserialize(reader)
            .map(Self)
            .map_err(|fault| {
                let message = fault.inner().to_string();
                Error::invalid_request([fault::field_error(fault.path(), &message)])
            })
    }
}
