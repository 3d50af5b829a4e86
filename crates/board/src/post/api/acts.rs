//! What readers do with a post: recommend it, bookmark it.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Routes};
use utoipa_axum::routes;

use crate::context::Board;
use crate::page::USE;
use crate::post::number;
use crate::post::output::RecommendedOut;

/// The routes of recommendations and bookmarks.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(recommend, unrecommend), USE)
        .add(routes!(bookmark, unbookmark), USE)
}

/// Recommend a post.
#[utoipa::path(put, path = "/api/v1/posts/{id}/recommendation", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = RecommendedOut), Error))]
pub async fn recommend(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<RecommendedOut>, Error> {
    let id = number(&id)?;
    let recommendations = board.recommend(&ctx, &caller, id, true).await?;
    Ok(Json(RecommendedOut { recommendations }))
}

/// Take my recommendation back.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/recommendation", tag = "board", params(("id" = i64, Path)),
    responses((status = 200, body = RecommendedOut), Error))]
pub async fn unrecommend(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Json<RecommendedOut>, Error> {
    let id = number(&id)?;
    let recommendations = board.recommend(&ctx, &caller, id, false).await?;
    Ok(Json(RecommendedOut { recommendations }))
}

/// Bookmark a post; nobody else sees it.
#[utoipa::path(put, path = "/api/v1/posts/{id}/bookmark", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn bookmark(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    board.bookmark(&ctx, &caller, number(&id)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take my bookmark away.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/bookmark", tag = "board", params(("id" = i64, Path)),
    responses((status = 204), Error))]
pub async fn unbookmark(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    board.bookmark(&ctx, &caller, number(&id)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
