//! `/search`: the search as people see it.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::BoardUse;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, filters};
use hanok_web::{Allowed, Ctx, Field, MenuEntry, Page, Query, Routes, Section};

use super::marked::Marked;
use super::rules::{LONGEST, Order, SearchIn};
use super::service::{Hit, Results};
use super::store::{CommentRow, PostRow};
use crate::context::Board;
use crate::markdown::plain;
use crate::page::USE;
use crate::{post, text};

/// What the frame calls it.
const ENTRY: &str = "search";
const PATH: &str = "/search";

/// The routes of the page.
pub(super) fn routes() -> Routes<Board> {
    Routes::new().page(Method::GET, PATH, show, USE)
}

/// The field of the top bar that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::search::title(),
        path: PATH,
        icon: "search",
        section: Section::Search,
        needs: USE,
    }
}

/// What was found, as a line of the page.
struct Line {
    href: String,
    title: Marked,
    excerpt: Marked,
    category: Option<String>,
    author: Option<Marked>,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "search/search.html")]
struct Body {
    words: Field,
    order: Choice,
    typed: String,
    has_words: bool,
    posts: Vec<Line>,
    comments: Vec<Line>,
    /// The address of the first page, where this is another.
    first: Option<String>,
    next: Option<String>,
}

/// `GET /search`.
pub(super) async fn show(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<SearchIn>,
) -> Result<Page, Error> {
    let (order, asked) = (input.order()?, input.check()?);
    let (typed, has_words) = (asked.typed.clone(), asked.query.is_some());
    let found = board.search(&ctx, &caller, asked).await?;
    let page = Page::new(
        text::search::title(),
        Body::new(&input, order, typed, has_words, found),
    );
    Ok(page.purpose(text::search::purpose()).active(ENTRY))
}

impl Body {
    fn new(input: &SearchIn, order: Order, typed: String, has_words: bool, found: Results) -> Self {
        let sort = Some(order).filter(|order| *order != Order::default());
        let query = ListQuery::new(PATH)
            .with("q", Some(&typed))
            .with("sort", sort.map(Order::as_str));
        let is_first = input.cursor.as_deref().unwrap_or_default().is_empty();
        Self {
            words: Field::new("q", text::search::words())
                .kind("search")
                .longest(u32::try_from(LONGEST).unwrap_or(u32::MAX))
                .filter()
                .value(&*typed),
            order: Choice::new("sort", text::search::order())
                .option(Order::New.as_str(), text::search::by_age())
                .option(Order::Title.as_str(), text::search::by_title())
                .filter()
                .value(order.as_str()),
            posts: found.posts.into_iter().map(Line::of_post).collect(),
            comments: found.comments.into_iter().map(Line::of_comment).collect(),
            first: (!is_first).then(|| query.address("cursor", "")),
            next: found
                .next
                .map(|next| query.address("cursor", &next.to_string())),
            typed,
            has_words,
        }
    }
}

impl Line {
    fn of_post((row, query): Hit<PostRow>) -> Self {
        Self {
            href: post::address(row.serial),
            title: Marked::whole(&row.title, &query),
            excerpt: Marked::excerpt(&plain(&row.body), &query),
            category: Some(row.category),
            author: row.author.map(|name| Marked::whole(&name, &query)),
            at: row.created_at,
        }
    }

    fn of_comment((row, query): Hit<CommentRow>) -> Self {
        let (post, serial) = (post::address(row.post), row.serial);
        Self {
            href: format!("{post}?comment={serial}#comment-{serial}"),
            title: Marked::plain(row.post_title),
            excerpt: Marked::excerpt(&row.body, &query),
            category: None,
            author: row.author.map(Marked::plain),
            at: row.created_at,
        }
    }
}
