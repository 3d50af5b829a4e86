//! Posts over HTTP.

mod acts;
mod mine;
pub(super) mod notice;

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use utoipa_axum::routes;

use super::input::{PostEdit, PostIn};
use super::list::PostsIn;
use super::number;
use super::output::{PostOut, PostsOut, RevisionsOut};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::USE;

/// The routes of posts.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(list, create), USE)
        .add(routes!(show, edit, delete), USE)
        .add(routes!(restore), USE)
        .add(routes!(revisions), USE)
        .merge(acts::routes())
        .merge(notice::routes())
        .merge(mine::routes())
}

/// The posts that I may read.
#[utoipa::path(get, path = "/api/v1/posts", tag = "board", params(
    ("category" = Option<String>, Query, description = "The id of a category"),
    ("sort" = Option<String>, Query, description = "`new` (the default), `commented` or `recommended`"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page, instead of `page`"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = PostsOut), Error))]
pub async fn list(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<PostsIn>,
) -> Result<Json<PostsOut>, Error> {
    let (viewer, wanted) = (Viewer::of(&caller), input.wanted()?);
    if let Some(page) = input.by_cursor()? {
        let found = board.posts_from(viewer, wanted, page, ctx.now).await?;
        return Ok(Json(found.into()));
    }
    let found = board.posts(viewer, wanted, input.page()?, ctx.now).await?;
    Ok(Json(found.into()))
}

/// Write a post.
#[utoipa::path(post, path = "/api/v1/posts", tag = "board",
    responses((status = 201, body = PostOut), Error))]
pub async fn create(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Json(input): Json<PostIn>,
) -> Result<(StatusCode, Json<PostOut>), Error> {
    let serial = board.write_post(&ctx, &caller, input.check()?).await?;
    let read = board.look_at_post(Viewer::of(&caller), serial).await?;
    Ok((StatusCode::CREATED, Json(read.into())))
}

/// A post; it counts as read.
#[utoipa::path(get, path = "/api/v1/posts/{id}", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = PostOut), Error))]
pub async fn show(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<PostOut>, Error> {
    let viewer = Viewer::of(&caller);
    let read = board.read_post(viewer, number(&id)?, ctx.now).await?;
    Ok(Json(read.into()))
}

/// Edit a post of mine.
#[utoipa::path(put, path = "/api/v1/posts/{id}", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = PostOut), Error))]
pub async fn edit(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Json(input): Json<PostEdit>,
) -> Result<Json<PostOut>, Error> {
    let (id, written) = (number(&id)?, input.check()?);
    board
        .edit_post(&ctx, &caller, id, input.rev, written)
        .await?;
    let read = board.look_at_post(Viewer::of(&caller), id).await?;
    Ok(Json(read.into()))
}

/// Delete a post of mine, or as a moderator anybody's; it can be restored for a while.
#[utoipa::path(delete, path = "/api/v1/posts/{id}", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn delete(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    board.delete_post(&ctx, &caller, number(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restore a deleted post.
#[utoipa::path(post, path = "/api/v1/posts/{id}/restore", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = PostOut), Error))]
pub async fn restore(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<PostOut>, Error> {
    let id = number(&id)?;
    board.restore_post(&ctx, &caller, id).await?;
    let read = board.look_at_post(Viewer::of(&caller), id).await?;
    Ok(Json(read.into()))
}

/// What a post of mine said before its edits; a moderator reads everybody's.
#[utoipa::path(get, path = "/api/v1/posts/{id}/revisions", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = RevisionsOut), Error))]
pub async fn revisions(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<RevisionsOut>, Error> {
    let (_, rows) = board.revisions(Viewer::of(&caller), number(&id)?).await?;
    let revisions = rows.into_iter().map(Into::into).collect();
    Ok(Json(RevisionsOut { revisions }))
}
