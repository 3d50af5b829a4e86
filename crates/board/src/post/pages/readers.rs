//! `/post/{id}/readers`: who has read a post that must be read, and who has not.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Allowed, Ctx, Page, Path, Query};

use crate::context::Board;
use crate::page;
use crate::post::api::notice::ReadersIn;
use crate::post::notice::Readers;
use crate::post::{address, number};
use crate::text;

#[derive(Template)]
#[template(path = "posts/readers.html")]
struct ReadersBody {
    readers: Readers,
    has_read: bool,
    left: u64,
    pager: Pager,
}

/// `GET /post/{id}/readers`.
pub(super) async fn show(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Query(input): Query<ReadersIn>,
) -> Result<Page, Error> {
    let (serial, has_read) = (number(&id)?, input.has_read()?);
    let found = board.readers(&ctx, &caller, serial, has_read, input.page()?);
    let readers = found.await?;
    let left = readers.audience.saturating_sub(readers.read);
    let query = ListQuery::new(format!("{}/readers", address(serial)));
    let query = query.with("read", Some(if has_read { "yes" } else { "no" }));
    let total = if has_read { readers.read } else { left };
    let body = ReadersBody {
        pager: Pager::numbered(query, readers.page, readers.pages, total),
        has_read,
        left,
        readers,
    };
    let page = page::page(text::posts::readers(), body);
    Ok(page.purpose(text::posts::readers_purpose()))
}
