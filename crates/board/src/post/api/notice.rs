//! What those do with a post who announce it: pin it, have it read by everybody, see who has read it, remind the others.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::context::Board;
use crate::fault::Fault;
use crate::page::USE;
use crate::post::notice::Announcement;
use crate::post::number;
use crate::post::output::{ReadersOut, RemindedOut};
use crate::words;

/// The routes of announcements.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(pin, unpin), USE)
        .add(routes!(demand, release), USE)
        .add(routes!(readers), USE)
        .add(routes!(remind), USE)
}

/// Whom of the readers is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::post) struct ReadersIn {
    /// `yes` (the default) for those who have read it, `no` for those who have not.
    pub(in crate::post) read: Option<String>,
    pub(in crate::post) page: Option<u32>,
    limit: Option<u32>,
}

impl ReadersIn {
    /// Whether those who have read it are asked for.
    ///
    /// # Errors
    /// A field error for another word.
    pub(in crate::post) fn has_read(&self) -> Result<bool, Fault> {
        match self.read.as_deref().unwrap_or_default() {
            "" | "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(Fault::field("/read", "board_yes_no")),
        }
    }

    /// Which page of them.
    ///
    /// # Errors
    /// A field error for one beyond 1 to 500.
    pub(in crate::post) fn page(&self) -> Result<hanok_db::paging::NumberedPage, Fault> {
        words::numbered(self.page, self.limit)
    }
}

/// Pin a post above its lists.
#[utoipa::path(put, path = "/api/v1/posts/{id}/pin", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn pin(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let how = (Announcement::Pinned, true);
    board.announce(&ctx, &caller, number(&id)?, how).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a pinned post down.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/pin", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn unpin(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let how = (Announcement::Pinned, false);
    board.announce(&ctx, &caller, number(&id)?, how).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have everybody read a post whom its category is meant for.
#[utoipa::path(put, path = "/api/v1/posts/{id}/must-read", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn demand(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let how = (Announcement::MustRead, true);
    board.announce(&ctx, &caller, number(&id)?, how).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nobody must read it any more.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/must-read", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn release(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let how = (Announcement::MustRead, false);
    board.announce(&ctx, &caller, number(&id)?, how).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has read a post that must be read, or who has not.
#[utoipa::path(get, path = "/api/v1/posts/{id}/readers", tag = "board", params(
    ("id" = i64, Path),
    ("read" = Option<String>, Query, description = "`yes` (the default) or `no`"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = ReadersOut), Error))]
pub async fn readers(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Query(input): Query<ReadersIn>,
) -> Result<Json<ReadersOut>, Error> {
    let (has_read, page) = (input.has_read()?, input.page()?);
    let found = board.readers(&ctx, &caller, number(&id)?, has_read, page);
    Ok(Json(found.await?.into()))
}

/// Remind those who have not read a post that must be read.
#[utoipa::path(post, path = "/api/v1/posts/{id}/remind", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = RemindedOut), Error))]
pub async fn remind(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<RemindedOut>, Error> {
    let people = board.remind(&ctx, &caller, number(&id)?).await?;
    Ok(Json(RemindedOut { people }))
}
