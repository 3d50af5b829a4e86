//! `/posts/feeds`: what one can subscribe to, and the key that opens it.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::BoardUse;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Page, Redirected, Routes};

use super::api::address;
use crate::answer::done;
use crate::category::Listed;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::{USE, page};
use crate::text;

/// Where the page lies.
const PATH: &str = "/posts/feeds";

/// The page of feeds.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .page(Method::GET, PATH, show, USE)
        .page(Method::POST, PATH, make, USE)
        .page(Method::POST, "/posts/feeds/end", end, USE)
}

/// A feed, as the page shows it: of all where it has no name.
struct Line {
    name: Option<String>,
    /// Where it lies, while the key is known.
    url: Option<Secret>,
}

#[derive(Template)]
#[template(path = "feed/page.html")]
struct FeedsBody {
    made_at: Option<Timestamp>,
    is_new: bool,
    lines: Vec<Line>,
}

/// `GET /posts/feeds`.
async fn show(State(board): State<Board>, caller: Allowed<BoardUse>) -> Result<Page, Error> {
    let (made_at, categories) = board.feeds(Viewer::of(&caller)).await?;
    let body = FeedsBody {
        made_at,
        is_new: false,
        lines: lines(&board, categories, None),
    };
    Ok(page(text::feed::title(), body).purpose(text::feed::purpose()))
}

/// `POST /posts/feeds`: the addresses, shown this once.
async fn make(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<Page, Error> {
    let key = board.make_feed_key(&ctx, &caller).await?;
    let (made_at, categories) = board.feeds(Viewer::of(&caller)).await?;
    let body = FeedsBody {
        made_at,
        is_new: true,
        lines: lines(&board, categories, Some(&key)),
    };
    let page = page(text::feed::title(), body).purpose(text::feed::purpose());
    Ok(page.unstored())
}

fn lines(board: &Board, categories: Vec<Listed>, key: Option<&Secret>) -> Vec<Line> {
    let url = |of| {
        let origin = &board.accounts.origin;
        key.map(|key| Secret::new(address(origin, of, key.expose())))
    };
    let all = Line {
        name: None,
        url: url(None),
    };
    let each = categories.into_iter().map(|category| Line {
        url: url(Some(category.id)),
        name: Some(category.name),
    });
    [all].into_iter().chain(each).collect()
}

/// `POST /posts/feeds/end`: no program reads by the key any more.
async fn end(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
) -> Result<Redirected, Error> {
    board.end_feed_key(&ctx, &caller).await?;
    Ok(done(PATH, text::feed::ended()))
}
