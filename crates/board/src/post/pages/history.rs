//! `/post/{id}/history`: what a post said before its edits.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Page, Path};

use crate::category::right::Viewer;
use crate::context::Board;
use crate::page;
use crate::post::history::RevisionRow;
use crate::post::{Opened, number};
use crate::text;

#[derive(Template)]
#[template(path = "posts/history.html")]
struct HistoryBody {
    post: Opened,
    revisions: Vec<RevisionRow>,
}

/// `GET /post/{id}/history`.
pub(super) async fn show(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let (post, revisions) = board.revisions(Viewer::of(&caller), number(&id)?).await?;
    let body = HistoryBody { post, revisions };
    let page = page::page(text::posts::history(), body);
    Ok(page.purpose(text::posts::history_purpose()))
}
