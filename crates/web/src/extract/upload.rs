//! What a form with a file sends: `multipart/form-data` (RFC 7578), read whole within the bounds of every body.

use std::convert::Infallible;
use std::future::ready;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures_util::stream;
use multer::Multipart;

use super::form::is_form;
use super::json::read;
use crate::codes;
use crate::error::Error;

/// A form has no more parts.
const MOST_PARTS: usize = 32;
/// The most bytes of a form with a file, where `web.body_limit_bytes` is less: only [`Upload`] reads such a body.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The most bytes of a body with these headers, where `usual` is that of others.
pub(crate) fn most_bytes(headers: &HeaderMap, usual: u64) -> u64 {
    if boundary(headers).is_some() {
        usual.max(LONGEST)
    } else {
        usual
    }
}

/// The parts of a form that may hold a file; a form without one may come urlencoded too.
///
/// Another kind of body is 415, one that cannot be read 400 `invalid_request`.
#[derive(Clone, Default)]
pub struct Upload {
    parts: Vec<(String, Bytes)>,
}

impl Upload {
    /// The bytes of the first part of this name.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        let found = self.parts.iter().find(|(known, _)| known == name);
        found.map(|(_, bytes)| bytes.as_ref())
    }

    /// The same as text, where it is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Error> {
        let boundary = boundary(request.headers());
        if boundary.is_none() && !is_form(request.headers()) {
            return Err(Error::new(codes::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = read(request.into_body()).await?;
        let parts = match boundary {
            Some(boundary) => parts(body, boundary).await,
            None => Some(fields(&body)),
        };
        let broken = || Error::invalid_request([]).detail("error.broken_body");
        parts.map(|parts| Self { parts }).ok_or_else(broken)
    }
}

fn fields(body: &[u8]) -> Vec<(String, Bytes)> {
    form_urlencoded::parse(body)
        .take(MOST_PARTS)
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect()
}

/// The boundary of a form with files.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(kind).ok()
}

/// The parts between the boundaries; `None` where the body is cut off or of another form, or has too many of them.
async fn parts(body: Bytes, boundary: String) -> Option<Vec<(String, Bytes)>> {
    let whole = stream::once(ready(Ok::<_, Infallible>(body)));
    let mut form = Multipart::new(whole, boundary);
    let mut parts = Vec::new();
    while let Some(part) = form.next_field().await.ok()? {
        let name = part.name()?.to_owned();
        parts.push((name, part.bytes().await.ok()?));
        if parts.len() > MOST_PARTS {
            return None;
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.csv\"\r\n\
        Content-Type: text/csv\r\n\r\nusername,name\r\n--x,y\r\n\r\n--x1\r\n\
        content-disposition: form-data; name=\"pasted\"\r\n\r\n\r\n--x1--\r\n";

    async fn parts_of(body: &str, boundary: &str) -> Option<Vec<(String, Bytes)>> {
        parts(Bytes::copy_from_slice(body.as_bytes()), boundary.to_owned()).await
    }

    #[tokio::test]
    async fn a_file_comes_as_it_was_whatever_is_in_it() {
        let expected = [
            ("file".to_owned(), Bytes::from("username,name\r\n--x,y\r\n")),
            ("pasted".to_owned(), Bytes::new()),
        ];
        assert_eq!(parts_of(BODY, "x1").await.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_body_that_is_cut_off_or_names_no_part_is_none() {
        for end in [4, 40, 120, BODY.len() - 12] {
            let cut = BODY.get(..end).unwrap();
            assert_eq!(parts_of(cut, "x1").await, None, "{end}");
        }
        assert_eq!(parts_of(BODY, "other").await, None);
        assert_eq!(
            parts_of(&BODY.replace("name=\"file\"; ", ""), "x1").await,
            None
        );
    }

    #[tokio::test]
    async fn more_parts_than_a_form_has_are_none() {
        let part = "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
        let form = |count| format!("{}--x1--\r\n", part.repeat(count));
        assert_eq!(
            parts_of(&form(MOST_PARTS), "x1").await.unwrap().len(),
            MOST_PARTS
        );
        assert_eq!(parts_of(&form(MOST_PARTS + 1), "x1").await, None);
    }

    #[test]
    fn a_form_with_a_file_may_be_longer_than_other_bodies() {
        let most = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            most_bytes(&headers, 1_000)
        };
        assert_eq!(most("multipart/form-data; boundary=x1"), 4 * 1024 * 1024);
        assert_eq!(most("application/x-www-form-urlencoded"), 1_000);
        assert_eq!(most("application/json"), 1_000);
        assert_eq!(most_bytes(&HeaderMap::new(), 1_000), 1_000);
    }

    #[test]
    fn the_boundary_is_found_in_any_order_and_quoted() {
        let of = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            boundary(&headers)
        };
        assert_eq!(
            of("multipart/form-data; charset=utf-8; Boundary=\"x1\"").as_deref(),
            Some("x1")
        );
        assert_eq!(of("multipart/form-data"), None);
        assert_eq!(of("multipart/mixed; boundary=x1"), None);
    }
}
