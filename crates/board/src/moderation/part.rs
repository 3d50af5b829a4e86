//! What a post's page shows of moderation: reporting it, and what those who moderate may do with it.

use askama::Template;
use hanok_web::page::filters;

use crate::category::right::Viewer;
use crate::page::Part;
use crate::post::Opened;
use crate::text;

#[derive(Template)]
#[template(path = "moderation/part.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each decides about a form of its own"
)]
struct PartBody {
    post: i64,
    is_own: bool,
    is_moderator: bool,
    is_locked: bool,
    is_hidden: bool,
}

/// The part of a post's page.
pub(crate) fn part(viewer: Viewer, post: &Opened) -> Part {
    Box::new(PartBody {
        post: post.serial,
        is_own: post.is_of(viewer),
        is_moderator: viewer.is_moderator,
        is_locked: post.locked_at.is_some(),
        is_hidden: post.hidden_at.is_some(),
    })
}
