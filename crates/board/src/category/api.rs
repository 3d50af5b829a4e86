//! Categories over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::{BoardModeration, BoardUse};
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Routes};
use utoipa_axum::routes;

use super::input::{CategoryIn, CategoryPatch};
use super::output::{CategoriesOut, ManagedCategoryOut};
use super::right::Viewer;
use super::{CategoryId, MODERATION};
use crate::context::Board;
use crate::fault::Fault;
use crate::page::USE;

/// The routes of categories.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(list), USE)
        .add(routes!(create), MODERATION)
        .add(routes!(show, change), MODERATION)
        .add(routes!(close), MODERATION)
        .add(routes!(reopen), MODERATION)
}

/// The categories that I may read, in their order.
#[utoipa::path(get, path = "/api/v1/categories", tag = "board",
    responses((status = 200, body = CategoriesOut), Error))]
pub async fn list(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
) -> Result<Json<CategoriesOut>, Error> {
    let seen = board.categories(Viewer::of(&caller)).await?;
    Ok(Json(seen.into()))
}

/// Make a category.
#[utoipa::path(post, path = "/api/v1/categories", tag = "board",
    responses((status = 201, body = ManagedCategoryOut), Error))]
pub async fn create(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Json(input): Json<CategoryIn>,
) -> Result<(StatusCode, Json<ManagedCategoryOut>), Error> {
    let change = input.into_patch().check()?;
    let id = board.create_category(&ctx, change).await?;
    Ok((StatusCode::CREATED, shown(&board, id).await?))
}

/// A category with its rights.
#[utoipa::path(get, path = "/api/v1/categories/{id}", tag = "board", params(("id" = String, Path)),
    responses((status = 200, body = ManagedCategoryOut), Error))]
pub async fn show(
    State(board): State<Board>,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
) -> Result<Json<ManagedCategoryOut>, Error> {
    shown(&board, category(&id)?).await
}

/// Change a category.
#[utoipa::path(patch, path = "/api/v1/categories/{id}", tag = "board", params(("id" = String, Path)),
    responses((status = 200, body = ManagedCategoryOut), Error))]
pub async fn change(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
    Json(input): Json<CategoryPatch>,
) -> Result<Json<ManagedCategoryOut>, Error> {
    let id = category(&id)?;
    board.change_category(&ctx, id, input.check()?).await?;
    shown(&board, id).await
}

/// Close a category: nobody writes there any more, and only moderators read.
#[utoipa::path(post, path = "/api/v1/categories/{id}/close", tag = "board", params(("id" = String, Path)),
    responses((status = 200, body = ManagedCategoryOut), Error))]
pub async fn close(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
) -> Result<Json<ManagedCategoryOut>, Error> {
    let id = category(&id)?;
    board.close_category(&ctx, id, true).await?;
    shown(&board, id).await
}

/// Open a closed category again.
#[utoipa::path(post, path = "/api/v1/categories/{id}/reopen", tag = "board", params(("id" = String, Path)),
    responses((status = 200, body = ManagedCategoryOut), Error))]
pub async fn reopen(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
) -> Result<Json<ManagedCategoryOut>, Error> {
    let id = category(&id)?;
    board.close_category(&ctx, id, false).await?;
    shown(&board, id).await
}

async fn shown(board: &Board, id: CategoryId) -> Result<Json<ManagedCategoryOut>, Error> {
    Ok(Json(board.managed_category(id).await?.into()))
}

/// The id of a category; what is none names nothing.
///
/// # Errors
/// `NotFound`.
pub(super) fn category(id: &str) -> Result<CategoryId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}
