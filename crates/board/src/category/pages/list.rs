//! `/admin/categories`: all categories, in their order.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardModeration;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Page};

use super::NEW;
use crate::category::Kind;
use crate::category::right::Viewer;
use crate::category::service::Seen;
use crate::context::Board;
use crate::text;

#[derive(Template)]
#[template(path = "categories/list.html")]
struct ListBody {
    categories: Vec<Seen>,
}

/// `GET /admin/categories`.
pub(super) async fn show(
    State(board): State<Board>,
    caller: Allowed<BoardModeration>,
) -> Result<Page, Error> {
    let categories = board.categories(Viewer::of(&caller)).await?;
    let (title, purpose) = (text::categories::title(), text::categories::purpose());
    let page = super::page(title, purpose, ListBody { categories });
    Ok(page.action(text::categories::create(), NEW))
}
