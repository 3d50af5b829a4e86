//! Request bodies within bounds: never longer than allowed, never slower than allowed.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue};
use bytes::Buf;
use tokio::time::{Sleep, sleep};

use crate::codes;
use crate::error::Error;

/// Why reading a body was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    /// More bytes came than are allowed.
    #[error("the body is longer than {limit} bytes")]
    TooLarge {
        /// The allowed bytes.
        limit: u64,
    },
    /// It was not complete in time.
    #[error("the body did not arrive in time")]
    TooSlow,
}

/// A body that fails when it grows or dawdles beyond its bounds.
pub(crate) struct BoundedBody {
    inner: Body,
    limit: u64,
    left: u64,
    time: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

/// Puts bounds on `body`; a body that is known to be empty or short and complete costs nothing.
pub(crate) fn bounded(body: Body, limit: u64, time: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(BoundedBody {
        inner: body,
        limit,
        left: limit,
        time,
        timer: None,
    })
}

impl BoundedBody {
    fn is_too_slow(&mut self, cx: &mut Context<'_>) -> bool {
        let time = self.time;
        self.timer
            .get_or_insert_with(|| Box::pin(sleep(time)))
            .as_mut()
            .poll(cx)
            .is_ready()
    }
}

impl HttpBody for BoundedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        if polled.is_pending() && self.is_too_slow(cx) {
            return Poll::Ready(Some(Err(axum::Error::new(BodyFault::TooSlow))));
        }
        let frame = match ready!(polled) {
            Some(Ok(frame)) => frame,
            other => return Poll::Ready(other),
        };
        let length = frame.data_ref().map_or(0, Buf::remaining);
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(length) else {
            let limit = self.limit;
            return Poll::Ready(Some(Err(axum::Error::new(BodyFault::TooLarge { limit }))));
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.inner.size_hint()
    }
}

/// The bound that `fault` says was broken.
pub(crate) fn fault_of(fault: &(dyn StdError + 'static)) -> Option<BodyFault> {
    let mut cause = Some(fault);
    while let Some(fault) = cause {
        if let Some(found) = fault.downcast_ref::<BodyFault>() {
            return Some(*found);
        }
        cause = fault.source();
    }
    None
}

/// 413 `body_too_large`.
pub(crate) fn too_large(limit: u64) -> Error {
    left_unread(Error::new(codes::BODY_TOO_LARGE).arg("bytes", limit))
}

/// 408 `request_timeout`.
pub(crate) fn too_slow() -> Error {
    left_unread(Error::new(codes::REQUEST_TIMEOUT))
}

/// The rest of the body stays unread, so the connection ends with the answer, and says so: a client that sent its next
/// call on it would be cut off (RFC 9112, section 9.6).
fn left_unread(error: Error) -> Error {
    error.header(CONNECTION, HeaderValue::from_static("close"))
}

/// Whether the headers announce a body longer than `limit` bytes.
pub(crate) fn announces_more_than(limit: u64, headers: &HeaderMap) -> bool {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    length
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|length| length > limit)
}
