//! What a form with a file sends, part by part as it comes: for files that are not held in memory.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use multer::{Field, Multipart};

use super::upload::boundary;
use crate::body::{self, BodyFault};
use crate::codes;
use crate::error::Error;

/// The longest part that is a text, in bytes.
const LONGEST_TEXT: usize = 512 * 1024;

/// The parts of a form with a file (`multipart/form-data`, RFC 7578), one after the other.
///
/// Another kind of body is 415. The route says by [`Routes::body`](crate::Routes::body) how long it may be.
pub struct FormStream(Multipart<'static>);

/// A part of a form: a text or a file.
pub struct FormPart(Field<'static>);

impl<S: Send + Sync> FromRequest<S> for FormStream {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Error> {
        let boundary = boundary(request.headers());
        let boundary = boundary.ok_or_else(|| Error::new(codes::UNSUPPORTED_MEDIA_TYPE))?;
        let body = request.into_body().into_data_stream();
        Ok(Self(Multipart::new(body, boundary)))
    }
}

impl FormStream {
    /// The next part; what was not read of the one before is skipped.
    ///
    /// # Errors
    /// 400 `invalid_request`, 408, 413.
    pub async fn next(&mut self) -> Result<Option<FormPart>, Error> {
        let part = self.0.next_field().await.map_err(|fault| error(&fault))?;
        Ok(part.map(FormPart))
    }
}

impl FormPart {
    /// Its name.
    pub fn name(&self) -> &str {
        self.0.name().unwrap_or_default()
    }

    /// What the file is called at whoever sends it, where it is one.
    pub fn file_name(&self) -> Option<&str> {
        self.0.file_name()
    }

    /// The next bytes of it.
    ///
    /// # Errors
    /// 400 `invalid_request`, 408, 413.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.0.chunk().await.map_err(|fault| error(&fault))
    }

    /// All of it as text.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), and where it is not UTF-8, holds NUL or is longer than 512 KiB.
    pub async fn text(mut self) -> Result<String, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST_TEXT {
                return Err(broken());
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| broken())?;
        if text.contains('\0') {
            return Err(broken());
        }
        Ok(text)
    }
}

fn broken() -> Error {
    Error::invalid_request([]).detail("error.broken_body")
}

fn error(fault: &multer::Error) -> Error {
    match body::fault_of(fault) {
        Some(BodyFault::TooLarge { limit }) => body::too_large(limit),
        Some(BodyFault::TooSlow) => body::too_slow(),
        None => broken(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::http::header::CONTENT_TYPE;
    use futures_util::stream;

    use super::*;

    const BODY: &str = "--x1\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n제목\r\n--x1\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"회의.txt\"\r\n\r\none two three\r\n--x1--\r\n";

    fn request(kind: &str, body: Body) -> Request {
        Request::builder()
            .header(CONTENT_TYPE, kind)
            .body(body)
            .unwrap()
    }

    /// The body in pieces of so many bytes, as a slow line brings it.
    async fn form(body: &'static str, piece: usize) -> FormStream {
        let pieces = body.as_bytes().chunks(piece).map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(stream::iter(pieces));
        let request = request("multipart/form-data; boundary=x1", body);
        FormStream::from_request(request, &()).await.unwrap()
    }

    #[tokio::test]
    async fn parts_come_one_after_the_other_however_the_line_cuts_them() {
        for piece in [1, 7, 10_000] {
            let mut form = form(BODY, piece).await;
            let title = form.next().await.unwrap().unwrap();
            assert_eq!((title.name(), title.file_name()), ("title", None));
            assert_eq!(title.text().await.unwrap(), "제목");
            let mut file = form.next().await.unwrap().unwrap();
            assert_eq!((file.name(), file.file_name()), ("file", Some("회의.txt")));
            let mut bytes = Vec::new();
            while let Some(chunk) = file.chunk().await.unwrap() {
                bytes.extend_from_slice(&chunk);
            }
            assert_eq!(bytes, b"one two three");
            drop(file);
            assert!(form.next().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn what_is_cut_off_or_too_long_or_no_form_is_refused() {
        let cut = BODY.get(..BODY.len() - 20).unwrap();
        let mut cut_off = form(cut, 50).await;
        drop(cut_off.next().await.unwrap());
        let mut file = cut_off.next().await.unwrap().unwrap();
        let fault = loop {
            match file.chunk().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("a part that does not end was read"),
                Err(fault) => break fault,
            }
        };
        assert_eq!(fault.status(), StatusCode::BAD_REQUEST);
        let bounded = body::bounded(Body::from(BODY), 60, Duration::from_mins(1));
        let request_of = request("multipart/form-data; boundary=x1", bounded);
        let mut long = FormStream::from_request(request_of, &()).await.unwrap();
        let Err(fault) = long.next().await else {
            panic!("a body beyond its bound was read");
        };
        assert_eq!(fault.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let plain = request("text/plain", Body::empty());
        let Err(fault) = FormStream::from_request(plain, &()).await else {
            panic!("a text is no form");
        };
        assert_eq!(fault.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}
