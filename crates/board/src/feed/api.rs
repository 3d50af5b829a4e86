//! The key of feeds over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::category::CategoryId;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::USE;

/// The routes.
pub(super) fn routes() -> Routes<Board> {
    Routes::new().add(routes!(make, end), USE)
}

/// A feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedOut {
    /// The category; nothing for the feed of all.
    #[schema(value_type = Option<String>)]
    category_id: Option<CategoryId>,
    /// What it is called.
    name: Option<String>,
    /// Where it lies, the key in it.
    url: String,
}

/// A personal key of feeds, told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct RssKeyOut {
    /// The key.
    key: String,
    /// What it opens at the moment: all at once, then each category.
    feeds: Vec<FeedOut>,
}

/// Make a personal key for RSS; the one before ends.
#[utoipa::path(post, path = "/api/v1/me/rss-key", operation_id = "make_rss_key", tag = "board",
    responses((status = 201, body = RssKeyOut), Error))]
pub async fn make(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<impl IntoResponse, Error> {
    let key = board.make_feed_key(&ctx, &caller).await?;
    let (_, categories) = board.feeds(Viewer::of(&caller)).await?;
    let url = |of: Option<CategoryId>| address(&board.accounts.origin, of, key.expose());
    let all = FeedOut {
        category_id: None,
        name: None,
        url: url(None),
    };
    let each = categories.into_iter().map(|category| FeedOut {
        url: url(Some(category.id)),
        category_id: Some(category.id),
        name: Some(category.name),
    });
    let feeds = [all].into_iter().chain(each).collect();
    let key = key.expose().to_owned();
    let told = Json(RssKeyOut { key, feeds });
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], told))
}

/// End your key for RSS.
#[utoipa::path(delete, path = "/api/v1/me/rss-key", operation_id = "end_rss_key", tag = "board",
    responses((status = 204), Error))]
pub async fn end(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<StatusCode, Error> {
    board.end_feed_key(&ctx, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a feed lies.
pub(super) fn address(origin: &str, of: Option<CategoryId>, key: &str) -> String {
    match of {
        Some(of) => format!("{origin}/feed/{of}?key={key}"),
        None => format!("{origin}/feed?key={key}"),
    }
}
