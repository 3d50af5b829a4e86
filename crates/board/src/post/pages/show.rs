//! `/post/{id}`: a post, what may be done with it, and what was said to it.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Flashed, Page, Path, Query};

use crate::category::right::Viewer;
use crate::comment::CommentsAsked;
use crate::context::Board;
use crate::markdown::{self, Html};
use crate::moderation::ModerationPart;
use crate::page::{self, Part};
use crate::post::number;
use crate::post::reading::Read;
use crate::{attachment, comment, text};

#[derive(Template)]
#[template(path = "posts/show.html")]
struct ShowBody {
    read: Read,
    html: Html,
    may_edit: bool,
    may_delete: bool,
    may_announce: bool,
    attachments: Option<Part>,
    moderation: ModerationPart,
    comments: Option<Part>,
}

/// `GET /post/{id}`.
pub(super) async fn show(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Flashed(flash): Flashed,
    Path(id): Path<String>,
    Query(asked): Query<CommentsAsked>,
) -> Result<Page, Error> {
    let viewer = Viewer::of(&caller);
    let read = board.read_post(viewer, number(&id)?, ctx.now).await?;
    let is_own = read.post.is_of(viewer);
    let may_write = is_own && board.may_write_in(viewer, read.post.category_id).await?;
    let body = ShowBody {
        html: markdown::render(&read.post.body),
        may_edit: may_write && is_own && (read.post.locked_at.is_none() || viewer.is_moderator),
        may_delete: is_own || viewer.is_moderator,
        may_announce: read.post.may_be_announced_by(viewer) && (may_write || viewer.is_moderator),
        attachments: attachment::part(&board, viewer, &read.post).await?,
        moderation: ModerationPart::new(viewer, &read.post, &flash),
        comments: comment::part(&board, viewer, &read.post, &asked, &flash).await?,
        read,
    };
    let title = text::posts::one(body.read.post.title.clone());
    Ok(page::page(title, body).entry("board"))
}
