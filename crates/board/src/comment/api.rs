//! Comments over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::output::{CommentOut, CommentsOut, NameablesOut};
use super::rules::{self, CommentText};
use super::store::CommentId;
use crate::category::CategoryId;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::USE;

/// The routes of comments.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(list, write), USE)
        .add(routes!(show, edit, delete), USE)
        .add(routes!(nameable), USE)
}

/// A comment that is to be written.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentIn {
    /// Its text, in 5,000 characters at most. `@username` names somebody who may read it.
    #[schema(max_length = 5000)]
    content: String,
    /// The number of the comment that it answers; a reply to a reply stands beside it.
    #[serde(default, alias = "parent")]
    parent_id: Option<i64>,
    /// A UUID of your own for this comment, so that it is written once: the same sent again answers the one that is there.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    request_id: Option<CommentId>,
}

/// Another text of a comment.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentEdit {
    /// The text.
    #[schema(max_length = 5000)]
    content: String,
    /// Which text the edit was made of; 409 `stale` where another stands there now.
    rev: i64,
}

/// Which comments are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CommentsIn {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Who is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NameableIn {
    q: String,
    post: Option<i64>,
    category: Option<CategoryId>,
}

/// The comments of a post, thread by thread.
#[utoipa::path(get, path = "/api/v1/posts/{id}/comments", tag = "board", params(("id" = i64, Path),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "50 where it is left out")),
    responses((status = 200, body = CommentsOut), Error))]
pub async fn list(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(post): Path<i64>,
    Query(input): Query<CommentsIn>,
) -> Result<Json<CommentsOut>, Error> {
    let start = rules::start(input.cursor.as_deref())?;
    let most = rules::most(input.limit)?;
    let page = board.comments(Viewer::of(&caller), post, start, most);
    Ok(Json(page.await?.into()))
}

/// Comment on a post, or answer a comment.
#[utoipa::path(post, path = "/api/v1/posts/{id}/comments", tag = "board", params(("id" = i64, Path)),
    responses((status = 201, body = CommentOut), Error))]
pub async fn write(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(post): Path<i64>,
    Json(input): Json<CommentIn>,
) -> Result<(StatusCode, Json<CommentOut>), Error> {
    let text = CommentText::parse(&input.content)?;
    let written = board.write_comment(
        &ctx,
        &caller,
        post,
        (input.parent_id, input.request_id),
        text,
    );
    let serial = written.await?;
    let seen = board.comment(Viewer::of(&caller), serial).await?;
    Ok((StatusCode::CREATED, Json(seen.into())))
}

/// One comment.
#[utoipa::path(get, path = "/api/v1/comments/{id}", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = CommentOut), Error))]
pub async fn show(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
) -> Result<Json<CommentOut>, Error> {
    Ok(Json(board.comment(Viewer::of(&caller), id).await?.into()))
}

/// Edit your own comment.
#[utoipa::path(put, path = "/api/v1/comments/{id}", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = CommentOut), Error))]
pub async fn edit(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
    Json(input): Json<CommentEdit>,
) -> Result<Json<CommentOut>, Error> {
    let text = CommentText::parse(&input.content)?;
    let edited = board.edit_comment(&ctx, &caller, id, Some(input.rev), text);
    edited.await?;
    Ok(Json(board.comment(Viewer::of(&caller), id).await?.into()))
}

/// Delete your own comment.
#[utoipa::path(delete, path = "/api/v1/comments/{id}", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn delete(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    board.delete_comment(&ctx, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who may be named in a text: those who may read it, by a part of their name.
#[utoipa::path(get, path = "/api/v1/board/people", operation_id = "nameable_people", tag = "board", params(
    ("q" = Option<String>, Query, description = "A part of a name"),
    ("post" = Option<i64>, Query, description = "The post that is commented on"),
    ("category" = Option<String>, Query, description = "The category of a post that is being written")),
    responses((status = 200, body = NameablesOut), Error))]
pub async fn nameable(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<NameableIn>,
) -> Result<Json<NameablesOut>, Error> {
    let found = board.nameable(&ctx, &caller, input.q, (input.post, input.category));
    Ok(Json(found.await?.into()))
}
