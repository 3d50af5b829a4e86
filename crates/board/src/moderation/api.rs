//! Moderation over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::AccountId;
use hanok_accounts::permission::{BoardModeration, BoardUse};
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::output::{
    ModerationPaginationOut, ModerationReportOut, ReportsOut, RestrictionOut, RestrictionsOut,
};
use super::rules::{self, Reason, ReportsIn};
use super::service::Thing;
use super::store::ReportId;
use crate::category::MODERATION;
use crate::context::Board;
use crate::page::USE;
use crate::words;

/// The routes.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .add(routes!(report_post), USE)
        .add(routes!(report_comment), USE)
        .add(routes!(reports), MODERATION)
        .add(routes!(report), MODERATION)
        .add(routes!(dismiss), MODERATION)
        .add(routes!(hide_post, show_post), MODERATION)
        .add(routes!(hide_comment, show_comment), MODERATION)
        .add(routes!(lock, unlock), MODERATION)
        .add(routes!(restrictions), MODERATION)
        .add(routes!(restrict, release), MODERATION)
}

/// Why something is reported or hidden.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReasonIn {
    /// In 200 characters at most.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// That somebody may write nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RestrictionIn {
    /// Why, in 200 characters at most.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// For how many days; left out: until it is lifted.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// Which page of a list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageOfIn {
    page: Option<u32>,
    per_page: Option<u32>,
}

/// Report a post to those who run the board.
#[utoipa::path(post, path = "/api/v1/posts/{id}/reports", operation_id = "report_post", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn report_post(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
    Json(input): Json<ReasonIn>,
) -> Result<StatusCode, Error> {
    let reason = Reason::parse(&input.reason)?;
    board.report(&ctx, &caller, Thing::Post(id), reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Report a comment to those who run the board.
#[utoipa::path(post, path = "/api/v1/comments/{id}/reports", operation_id = "report_comment", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn report_comment(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
    Json(input): Json<ReasonIn>,
) -> Result<StatusCode, Error> {
    let reason = Reason::parse(&input.reason)?;
    let thing = Thing::Comment(id);
    board.report(&ctx, &caller, thing, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was reported.
#[utoipa::path(get, path = "/api/v1/moderation/reports", operation_id = "reports", tag = "board", params(
    ("state" = Option<String>, Query, description = "`open` (the default) or `closed`"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("per_page" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = ReportsOut), Error))]
pub async fn reports(
    State(board): State<Board>,
    _: Allowed<BoardModeration>,
    Query(input): Query<ReportsIn>,
) -> Result<Json<ReportsOut>, Error> {
    let (state, page) = input.check()?;
    Ok(Json(board.reports(state, page).await?.into()))
}

/// One report.
#[utoipa::path(get, path = "/api/v1/moderation/reports/{id}", operation_id = "board_report", tag = "board",
    params(("id" = String, Path)), responses((status = 200, body = ModerationReportOut), Error))]
pub async fn report(
    State(board): State<Board>,
    _: Allowed<BoardModeration>,
    Path(id): Path<ReportId>,
) -> Result<Json<ModerationReportOut>, Error> {
    Ok(Json(board.one_report(id).await?.into()))
}

/// Leave what was reported as it is; 409 where somebody decided first.
#[utoipa::path(post, path = "/api/v1/moderation/reports/{id}/dismiss", operation_id = "dismiss_report",
    tag = "board", params(("id" = String, Path)), responses((status = 200, body = ModerationReportOut), Error))]
pub async fn dismiss(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<ReportId>,
) -> Result<Json<ModerationReportOut>, Error> {
    board.dismiss(&ctx, &caller, id).await?;
    Ok(Json(board.one_report(id).await?.into()))
}

/// Hide a post from everybody but its author and those who moderate.
#[utoipa::path(put, path = "/api/v1/posts/{id}/hidden", operation_id = "hide_post", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn hide_post(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Json(input): Json<ReasonIn>,
) -> Result<StatusCode, Error> {
    let reason = Reason::parse(&input.reason)?;
    board.hide(&ctx, &caller, Thing::Post(id), reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show a hidden post again.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/hidden", operation_id = "show_post_again", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn show_post(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    board.show(&ctx, &caller, Thing::Post(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hide a comment's text; its place stays.
#[utoipa::path(put, path = "/api/v1/comments/{id}/hidden", operation_id = "hide_comment", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn hide_comment(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Json(input): Json<ReasonIn>,
) -> Result<StatusCode, Error> {
    let reason = Reason::parse(&input.reason)?;
    let thing = Thing::Comment(id);
    board.hide(&ctx, &caller, thing, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show a hidden comment again.
#[utoipa::path(delete, path = "/api/v1/comments/{id}/hidden", operation_id = "show_comment_again",
    tag = "board", params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn show_comment(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    board.show(&ctx, &caller, Thing::Comment(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lock a post: nobody comments on it any more.
#[utoipa::path(put, path = "/api/v1/posts/{id}/lock", operation_id = "lock_post", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn lock(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    board.lock(&ctx, &caller, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Open a locked post to comments again.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/lock", operation_id = "unlock_post", tag = "board",
    params(("id" = i64, Path)), responses((status = 204), Error))]
pub async fn unlock(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    board.lock(&ctx, &caller, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Those who may write nothing at the moment.
#[utoipa::path(get, path = "/api/v1/moderation/restrictions", operation_id = "restrictions", tag = "board", params(
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("per_page" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = RestrictionsOut), Error))]
pub async fn restrictions(
    State(board): State<Board>,
    ctx: Ctx,
    _: Allowed<BoardModeration>,
    Query(input): Query<PageOfIn>,
) -> Result<Json<RestrictionsOut>, Error> {
    let page = words::numbered(input.page, input.per_page)?;
    let (rows, total) = board.restrictions(ctx.now, page).await?;
    Ok(Json(RestrictionsOut {
        restrictions: rows.into_iter().map(RestrictionOut::from).collect(),
        pagination: ModerationPaginationOut {
            page: page.number(),
            per_page: page.limit(),
            total,
            pages: page.pages(total),
        },
    }))
}

/// Keep somebody from writing.
#[utoipa::path(put, path = "/api/v1/moderation/restrictions/{account}", operation_id = "restrict", tag = "board",
    params(("account" = String, Path)), responses((status = 204), Error))]
pub async fn restrict(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(account): Path<AccountId>,
    Json(input): Json<RestrictionIn>,
) -> Result<StatusCode, Error> {
    let reason = Reason::parse(&input.reason)?;
    let until = rules::until(input.days, ctx.now)?;
    let restricted = board.restrict(&ctx, &caller, account, until, reason);
    restricted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let somebody write again.
#[utoipa::path(delete, path = "/api/v1/moderation/restrictions/{account}", operation_id = "release",
    tag = "board", params(("account" = String, Path)), responses((status = 204), Error))]
pub async fn release(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(account): Path<AccountId>,
) -> Result<StatusCode, Error> {
    board.release(&ctx, &caller, account).await?;
    Ok(StatusCode::NO_CONTENT)
}
