//! What the forms of comments send, where a comment's own address leads, and the comments that a page asks for by
//! itself.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Flash, Form, Layout, Page, Path, Query, Redirected, Routes};
use serde::Deserialize;

use super::part::{Line, Told, lines};
use super::rules::{CommentText, MOST};
use crate::answer::{done, refused};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::USE;
use crate::text;

/// The pages of comments.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .page(Method::GET, "/post/{id}/comments", changed, USE)
        .page(Method::POST, "/post/{id}/comment", write, USE)
        .page(Method::GET, "/comment/{id}", lead, USE)
        .page(Method::POST, "/comment/{id}/edit", edit, USE)
        .page(Method::POST, "/comment/{id}/delete", delete, USE)
}

/// Where a post is read.
fn address(post: i64) -> String {
    format!("/post/{post}")
}

/// What the form of a comment sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CommentForm {
    content: String,
    /// The comment that it answers.
    #[serde(alias = "parent_id")]
    parent: Option<i64>,
    /// The id under which it is written, so that the form sent twice writes it once.
    request_id: String,
}

/// `POST /post/{id}/comment`.
async fn write(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(post): Path<i64>,
    Form(form): Form<CommentForm>,
) -> Result<Redirected, Error> {
    let request = form.request_id.parse().ok();
    let written = match CommentText::parse(&form.content) {
        Ok(text) => {
            board
                .write_comment(&ctx, &caller, post, (form.parent, request), text)
                .await
        }
        Err(fault) => board
            .must_see_post(Viewer::of(&caller), post)
            .await
            .and(Err(fault)),
    };
    let Err(fault) = written else {
        return Ok(done(address(post), text::comments::written()));
    };
    let parent = form.parent.map(|parent| parent.to_string());
    let typed = [
        ("content", form.content),
        ("parent", parent.unwrap_or_default()),
    ];
    refused(&address(post), fault, typed)
}

/// What the form of an edit sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EditForm {
    content: String,
    rev: Option<i64>,
}

/// `POST /comment/{id}/edit`.
async fn edit(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
    Form(form): Form<EditForm>,
) -> Result<Redirected, Error> {
    let row = board.own_comment(Viewer::of(&caller), id).await?;
    let edited = match CommentText::parse(&form.content) {
        Ok(text) => board.edit_comment(&ctx, &caller, id, form.rev, text).await,
        Err(fault) => Err(fault),
    };
    match edited {
        Ok(_) => Ok(done(address(row.post), text::comments::edited())),
        Err(fault) => {
            let typed = [("content", form.content), ("edited", id.to_string())];
            refused(&at(row.post, id), fault, typed)
        }
    }
}

/// `POST /comment/{id}/delete`.
async fn delete(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
) -> Result<Redirected, Error> {
    let row = board.delete_comment(&ctx, &caller, id).await?;
    Ok(done(address(row.post), text::comments::deleted()))
}

/// The page of a post where a comment stands.
pub(crate) fn at(post: i64, comment: i64) -> String {
    format!("/post/{post}?comment={comment}#comment-{comment}")
}

/// `GET /comment/{id}`: to the comment, where it stands.
async fn lead(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
) -> Result<Redirected, Error> {
    let seen = board.comment(Viewer::of(&caller), id).await?;
    Ok(Redirected::to(at(seen.row.post, id)))
}

/// What a page knows of the comments already.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangedIn {
    /// The number of the newest that it knows.
    after: Option<i64>,
    /// The one that has changed.
    only: Option<i64>,
}

#[derive(Template)]
#[template(path = "comment/changed.html")]
struct ChangedBody {
    lines: Vec<Line>,
    newest: i64,
    /// Whether there are more behind it.
    is_more: bool,
    count: i64,
    is_moderator: bool,
    post: i64,
    is_open: bool,
}

/// `GET /post/{id}/comments`: what came since, or what became of one, for the script of the post's page.
async fn changed(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Path(post): Path<i64>,
    Query(asked): Query<ChangedIn>,
) -> Result<Page, Error> {
    let viewer = Viewer::of(&caller);
    let (after, most) = match asked.only {
        Some(only) => (only.saturating_sub(1), 1),
        None => (asked.after.unwrap_or_default(), MOST),
    };
    let read = board.comments_since(viewer, post, after.max(0), most);
    let ((is_open, count), mut seen) = read.await?;
    let is_more = seen.len() >= usize::try_from(most).unwrap_or(usize::MAX);
    seen.retain(|seen| asked.only.is_none_or(|only| seen.row.serial == only));
    let newest = seen.last().map_or(after, |seen| seen.row.serial);
    let request = board.new_comment_id();
    let body = ChangedBody {
        lines: lines((&board.accounts.origin, request), seen, &Flash::default()),
        newest,
        is_more,
        count,
        is_moderator: viewer.is_moderator,
        post,
        is_open,
    };
    let page = Page::new(text::comments::title(), body).layout(Layout::Bare);
    Ok(page.unstored())
}
