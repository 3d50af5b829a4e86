//! `/posts/bookmarks`, `/posts/must-read`, `/posts/deleted`: the lists that are one's own.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Allowed, Ctx, Page, Query};
use serde::Deserialize;

use super::list::Rows;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::{self, Part};
use crate::post::list::Line;
use crate::text;
use crate::words;

#[derive(Template)]
#[template(path = "posts/own.html")]
struct OwnBody {
    rows: Option<Part>,
    pager: Option<Pager>,
    icon: &'static str,
    none: Text,
    none_note: Text,
}

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnIn {
    page: Option<u32>,
}

/// `GET /posts/bookmarks`.
pub(super) async fn bookmarks(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<OwnIn>,
) -> Result<Page, Error> {
    let page = words::numbered(input.page, None)?;
    let viewer = Viewer::of(&caller);
    let (lines, total) = board.bookmarks(viewer, page, ctx.now).await?;
    let query = ListQuery::new("/posts/bookmarks");
    let body = OwnBody {
        rows: rows(lines, false),
        pager: Some(Pager::numbered(
            query,
            page.number(),
            page.pages(total),
            total,
        )),
        icon: "bookmark",
        none: text::posts::no_bookmarks(),
        none_note: text::posts::no_bookmarks_note(),
    };
    let title = text::posts::bookmarks();
    Ok(page::page(title, body).purpose(text::posts::bookmarks_purpose()))
}

/// `GET /posts/must-read`.
pub(super) async fn must_read(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<Page, Error> {
    let lines = board.must_read(Viewer::of(&caller), ctx.now).await?;
    let body = OwnBody {
        rows: rows(lines, false),
        pager: None,
        icon: "circle-check",
        none: text::posts::no_must_read(),
        none_note: text::posts::no_must_read_note(),
    };
    let title = text::posts::must_read_list();
    Ok(page::page(title, body).purpose(text::posts::must_read_purpose()))
}

/// `GET /posts/deleted`.
pub(super) async fn deleted(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<Page, Error> {
    let lines = board.deleted(Viewer::of(&caller), ctx.now).await?;
    let body = OwnBody {
        rows: rows(lines, true),
        pager: None,
        icon: "trash",
        none: text::posts::no_deleted(),
        none_note: text::posts::no_deleted_note(),
    };
    let title = text::posts::deleted_list();
    let days = board.config.deleted_days.to_string();
    Ok(page::page(title, body).purpose(text::posts::deleted_purpose(days)))
}

fn rows(lines: Vec<Line>, is_deleted: bool) -> Option<Part> {
    let rows = Rows { lines, is_deleted };
    (!rows.lines.is_empty()).then(|| Box::new(rows) as Part)
}
