//! What is the caller's own: drafts, bookmarks, what they must read, what they can restore.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Query, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;
use crate::page::USE;
use crate::post::draft::Kept;
use crate::post::output::{DraftOut, PostsOut};
use crate::words;

/// The routes of what is one's own.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(draft, keep, drop_draft), USE)
        .add(routes!(bookmarks), USE)
        .add(routes!(must_read), USE)
        .add(routes!(deleted), USE)
}

/// Which draft: of a new post, or of an edit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DraftQuery {
    post_id: Option<i64>,
}

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OwnIn {
    page: Option<u32>,
    limit: Option<u32>,
}

/// What I am writing, whole or not.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct DraftIn {
    /// The post that it is an edit of.
    post_id: Option<i64>,
    /// The `rev` of the text that the edit was begun from; the one that stands there now where it is left out.
    rev: Option<i64>,
    /// The `request_id` under which the new post will be sent: once that has happened, nothing is kept any more.
    request_id: Option<String>,
    /// Where it is to stand.
    category_id: Option<String>,
    /// Its title so far; 200 characters of it are kept.
    title: String,
    /// Its text so far; 50,000 characters of it are kept.
    content: String,
}

/// What I am writing.
#[utoipa::path(get, path = "/api/v1/me/draft", tag = "board",
    params(("post_id" = Option<i64>, Query, description = "The post that I edit; a new one where none is named")),
    responses((status = 200, body = DraftOut), Error))]
pub async fn draft(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Query(input): Query<DraftQuery>,
) -> Result<Json<DraftOut>, Error> {
    let found = board.draft(Viewer::of(&caller), input.post_id).await?;
    let found = found.ok_or_else(Fault::not_found)?;
    Ok(Json(found.into()))
}

/// Keep what I am writing.
#[utoipa::path(put, path = "/api/v1/me/draft", tag = "board",
    responses((status = 200, body = DraftOut), Error))]
pub async fn keep(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Json(input): Json<DraftIn>,
) -> Result<Json<DraftOut>, Error> {
    let kept = Kept {
        post: input.post_id,
        rev: input.rev,
        request: input.request_id.and_then(|id| id.parse().ok()),
        in_passing: true,
        category: input.category_id.and_then(|id| id.parse().ok()),
        title: input.title,
        body: input.content,
    };
    let row = board.keep_draft(&ctx, &caller, kept).await?;
    Ok(Json(row.into()))
}

/// Throw away what I was writing.
#[utoipa::path(delete, path = "/api/v1/me/draft", tag = "board",
    params(("post_id" = Option<i64>, Query, description = "The post that I edit; a new one where none is named")),
    responses((status = 204), Error))]
pub async fn drop_draft(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<DraftQuery>,
) -> Result<StatusCode, Error> {
    board.drop_draft(&ctx, &caller, input.post_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What I have bookmarked, the newest bookmark first.
#[utoipa::path(get, path = "/api/v1/me/bookmarks", tag = "board", params(
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = PostsOut), Error))]
pub async fn bookmarks(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<OwnIn>,
) -> Result<Json<PostsOut>, Error> {
    let page = words::numbered(input.page, input.limit)?;
    let viewer = Viewer::of(&caller);
    let (lines, total) = board.bookmarks(viewer, page, ctx.now).await?;
    Ok(Json(PostsOut::numbered(lines, total)))
}

/// What I must read and have not yet, the oldest first; at most 50.
#[utoipa::path(get, path = "/api/v1/me/must-read", tag = "board",
    responses((status = 200, body = PostsOut), Error))]
pub async fn must_read(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<Json<PostsOut>, Error> {
    let lines = board.must_read(Viewer::of(&caller), ctx.now).await?;
    Ok(Json(PostsOut::whole(lines)))
}

/// What I deleted and can restore, to moderators everybody's; the last 50.
#[utoipa::path(get, path = "/api/v1/me/deleted-posts", tag = "board",
    responses((status = 200, body = PostsOut), Error))]
pub async fn deleted(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<Json<PostsOut>, Error> {
    let lines = board.deleted(Viewer::of(&caller), ctx.now).await?;
    Ok(Json(PostsOut::whole(lines)))
}
