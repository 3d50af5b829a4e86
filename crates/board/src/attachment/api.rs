//! Attachments over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::AccountId;
use hanok_accounts::permission::BoardUse;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, FormStream, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::AttachmentId;
use super::place::Owner;
use super::read::address;
use super::receive::refused;
use super::store::AttachmentRow;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;
use crate::post::number;

/// A file of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentOut {
    /// Its id.
    #[schema(value_type = String)]
    id: AttachmentId,
    /// What it is called.
    name: String,
    /// What it is by its bytes.
    media_type: String,
    /// Bytes.
    size: i64,
    /// Pixels; of a picture.
    width: Option<i64>,
    /// Pixels; of a picture.
    height: Option<i64>,
    /// Where it is served.
    url: String,
    /// Who attached it.
    #[schema(value_type = String)]
    owner_id: AccountId,
    /// When it was attached.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// The files of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentsOut {
    attachments: Vec<AttachmentOut>,
}

/// A form with a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read as it comes; this describes it")]
pub struct AttachmentIn {
    /// The file, with its name.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

impl From<AttachmentRow> for AttachmentOut {
    fn from(row: AttachmentRow) -> Self {
        Self {
            id: row.id,
            url: address(&row),
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            width: row.width,
            height: row.height,
            owner_id: row.owner_id,
            created_at: row.created_at,
        }
    }
}

/// The files of a post.
#[utoipa::path(get, path = "/api/v1/posts/{id}/attachments", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = AttachmentsOut), Error))]
pub async fn list(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<AttachmentsOut>, Error> {
    let rows = board.attachments(Viewer::of(&caller), number(&id)?).await?;
    let attachments = rows.into_iter().map(AttachmentOut::from).collect();
    Ok(Json(AttachmentsOut { attachments }))
}

/// Attach a file to a post of mine: the part `file` of a form. Pictures are made anew, without what cameras write into
/// them.
#[utoipa::path(post, path = "/api/v1/posts/{id}/attachments", tag = "board", params(("id" = i64, Path)),
    request_body(content = AttachmentIn, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentOut), Error))]
pub async fn attach(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    mut form: FormStream,
) -> Result<(StatusCode, Json<AttachmentOut>), Error> {
    let owner = Owner::Post(number(&id)?);
    board.may_attach(&ctx, &caller, owner).await?;
    while let Some(part) = form.next().await? {
        if part.name() == "file" {
            let received = board.receive(part, caller.account).await?;
            let row = board.attach(&ctx, &caller, owner, received).await?;
            return Ok((StatusCode::CREATED, Json(row.into())));
        }
    }
    Err(refused("file_missing").into())
}

/// Remove a file of mine; of a post, moderators may too.
#[utoipa::path(delete, path = "/api/v1/attachments/{id}", tag = "board", params(("id" = String, Path)),
    responses((status = 204), Error))]
pub async fn remove(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let id: AttachmentId = id.parse().map_err(|_| Fault::not_found())?;
    board.remove_attachment(&ctx, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
