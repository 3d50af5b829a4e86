//! Answers that send the browser elsewhere, with a word for the next page.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};

use crate::cookie::{self, Cookie};
use crate::error::Error;
use crate::flash::Flash;

/// `302 Found` to a page of ours.
#[derive(Debug)]
pub struct Redirected {
    to: String,
    flash: Option<Flash>,
    cookies: Vec<Cookie>,
    fault: Option<Error>,
}

/// A flash on its way to the stack, which keeps it and sets its cookie.
#[derive(Clone, Debug)]
pub(crate) struct Leaving(pub(crate) Flash);

impl Redirected {
    /// To `path`, one of ours or one that [`local_path`](crate::page::local_path) has let through.
    pub fn to(path: impl Into<String>) -> Self {
        Self {
            to: path.into(),
            flash: None,
            cookies: Vec::new(),
            fault: None,
        }
    }

    /// To `path`, which tells what `error` says and shows the typed `values` again, but for
    /// passwords, PINs and codes. A fault of ours (5xx) is answered as such instead.
    pub fn failed<N, V>(
        path: impl Into<String>,
        error: Error,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        if error.status().is_server_error() {
            return Self {
                fault: Some(error),
                ..Self::to(path)
            };
        }
        tracing::debug!(target: "hanok_web::refused", refused = %error);
        Self::to(path).flash(Flash::of(&error).with_values(values))
    }

    /// Leaves `flash` for the next page.
    #[must_use]
    pub fn flash(mut self, flash: Flash) -> Self {
        self.flash = Some(flash);
        self
    }

    /// Sets a cookie.
    #[must_use]
    pub fn cookie(mut self, cookie: Cookie) -> Self {
        self.cookies.push(cookie);
        self
    }
}

impl IntoResponse for Redirected {
    fn into_response(self) -> Response {
        if let Some(fault) = self.fault {
            return fault.into_response();
        }
        let mut response = StatusCode::FOUND.into_response();
        match HeaderValue::try_from(ascii(&self.to)) {
            Ok(location) => response.headers_mut().insert(LOCATION, location),
            Err(fault) => return Error::internal(fault).into_response(),
        };
        for cookie in self.cookies {
            cookie::set(&mut response, cookie);
        }
        if let Some(flash) = self.flash {
            response.extensions_mut().insert(Leaving(flash));
        }
        response
    }
}

/// A path as a header takes it: what is not visible ASCII, percent-encoded.
fn ascii(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
