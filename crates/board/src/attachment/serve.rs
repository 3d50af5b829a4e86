//! A file is given to whoever may read its post: a picture to be shown, all else to be kept, and nothing of it runs.

use std::fs::File;
use std::io::Read;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use hanok_accounts::permission::BoardUse;
use hanok_base::encoding::hex_encode;
use hanok_web::error::Error;
use hanok_web::{Allowed, Path};

use super::AttachmentId;
use super::blob::Sha256;
use super::name::disposition;
use super::receive::{blocking, system};
use super::store::AttachmentRow;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;

/// Where a browser opens it all the same: nothing is loaded, nothing runs, and it has no origin.
const SEALED: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
/// Whoever lost the right to read finds it no more.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// What tells a browser nothing.
const BYTES: &str = "application/octet-stream";
/// What a browser would open as a page.
const ACTIVE: [&str; 4] = [
    "text/html",
    "text/xml",
    "image/svg+xml",
    "application/xhtml+xml",
];
/// How much is read at once, in bytes.
const PIECE: usize = 128 * 1024;

/// `GET /post/{id}/file/{attachment}/{name}`.
pub(super) async fn serve(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path((post, id, _)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let id: AttachmentId = id.parse().map_err(|_| Fault::not_found())?;
    let row = board.attachment(Viewer::of(&caller), id).await?;
    let is_there = post == "new" || row.post.is_some_and(|serial| serial.to_string() == post);
    is_there.then_some(()).ok_or_else(Fault::not_found)?;
    let tag = format!("\"{}\"", hex_encode(&row.sha256));
    let known = headers.get(IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|it| it.trim() == tag));
    let body = if is_known {
        None
    } else {
        Some(board.stream(&row).await?)
    };
    respond(&row, &tag, body)
}

impl Board {
    async fn stream(&self, row: &AttachmentRow) -> Result<Body, Fault> {
        let (board, sha256) = (self.clone(), Sha256::try_from(row.sha256.as_slice()));
        let sha256 = sha256.map_err(std::io::Error::other);
        let sha256 = sha256.map_err(|error| system("a file has no name", &error))?;
        let opened = move || board.files.blobs.open(&sha256);
        let file = blocking("a file cannot be read", opened).await?;
        Ok(Body::from_stream(try_unfold(file, next)))
    }
}

/// The next piece of a file.
async fn next(file: File) -> Result<Option<(Bytes, File)>, Fault> {
    let read = move || {
        let mut piece = Vec::with_capacity(PIECE);
        let mut limited = file.take(PIECE as u64);
        limited.read_to_end(&mut piece)?;
        Ok((Bytes::from(piece), limited.into_inner()))
    };
    let (piece, file) = blocking("a file cannot be read", read).await?;
    Ok((!piece.is_empty()).then_some((piece, file)))
}

fn respond(row: &AttachmentRow, tag: &str, body: Option<Body>) -> Result<Response, Error> {
    let is_shown = row.width.is_some();
    let media_type = if ACTIVE.contains(&row.media_type.as_str()) {
        BYTES
    } else {
        &row.media_type
    };
    let value = |text: &str| HeaderValue::try_from(text).map_err(Error::internal);
    let mut headers = HeaderMap::new();
    headers.insert(ETAG, value(tag)?);
    headers.insert(CACHE_CONTROL, ASK_AGAIN);
    headers.insert(CONTENT_SECURITY_POLICY, SEALED);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    let Some(body) = body else {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    };
    headers.insert(CONTENT_TYPE, value(media_type)?);
    headers.insert(
        CONTENT_DISPOSITION,
        value(&disposition(is_shown, &row.name))?,
    );
    headers.insert(CONTENT_LENGTH, HeaderValue::from(row.size));
    Ok((headers, body).into_response())
}
