//! Answers that hyper gives before the stack sees a request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::codes::{self, Code};
use crate::metrics;
use crate::stack::Stack;

/// A connection on which hyper's bare answers to what is no HTTP request (`400`, `414`, `431`, with no
/// body and no request id) go out as the problems every other refusal is.
pub(super) struct BareAnswers<S> {
    inner: S,
    stack: Stack,
    /// What is left to write in place of a bare answer, and how long that was.
    replacing: Option<Replacement>,
}

struct Replacement {
    bytes: Vec<u8>,
    written: usize,
    bare: usize,
}

impl<S> BareAnswers<S> {
    pub(super) const fn new(inner: S, stack: Stack) -> Self {
        Self {
            inner,
            stack,
            replacing: None,
        }
    }
}

/// The code of a bare answer; `None` for all that the stack answers, which carries a request id.
fn bare(written: &[u8]) -> Option<Code> {
    let status = written.strip_prefix(b"HTTP/1.1 4")?.get(..2)?;
    let code = match status {
        b"00" => codes::INVALID_REQUEST,
        b"14" => codes::URI_TOO_LONG,
        b"31" => codes::HEADERS_TOO_LARGE,
        _ => return None,
    };
    let is_last = written.ends_with(b"\r\n\r\n") && written.len() < 512;
    let is_ours = written
        .windows(12)
        .any(|window| window.eq_ignore_ascii_case(b"x-request-id"));
    (is_last && !is_ours).then_some(code)
}

fn problem(code: Code, id: &str) -> Vec<u8> {
    let Code {
        name,
        status,
        title,
    } = code;
    let (status, reason) = (
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
    );
    let body = format!(
        "{{\"type\":\"/problems/{name}\",\"code\":\"{name}\",\"title\":\"{title}\",\
         \"detail\":\"The request could not be read.\",\"status\":{status},\"error\":\"{title}\",\
         \"request_id\":\"{id}\"}}"
    );
    format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\n\
         x-request-id: {id}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BareAnswers<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.replacing.is_none() {
            let Some(code) = bare(bytes) else {
                return Pin::new(&mut this.inner).poll_write(cx, bytes);
            };
            metrics::refused(code);
            let id = this.stack.new_request_id();
            tracing::debug!(target: "hanok_web::refused", refused = code.name, id);
            let answer = problem(code, &id);
            this.replacing = Some(Replacement {
                bytes: answer,
                written: 0,
                bare: bytes.len(),
            });
        }
        while let Some(replacement) = &mut this.replacing {
            let rest = replacement
                .bytes
                .get(replacement.written..)
                .unwrap_or_default();
            if rest.is_empty() {
                let bare = replacement.bare;
                this.replacing = None;
                return Poll::Ready(Ok(bare));
            }
            match Pin::new(&mut this.inner).poll_write(cx, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => replacement.written += written,
                Poll::Ready(Err(fault)) => return Poll::Ready(Err(fault)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(0))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts
            .iter()
            .find(|part| !part.is_empty())
            .map_or(&[][..], |part| &**part);
        if self.replacing.is_some() || bare(first).is_some() {
            return self.poll_write(cx, first);
        }
        Pin::new(&mut self.inner).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for BareAnswers<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}
