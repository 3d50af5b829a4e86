//! What a post's page shows of moderation: reporting it, and what those who moderate may do with it.

use askama::Template;
use hanok_web::Flash;
use hanok_web::page::filters;

use super::reason_field::ReasonField;
use crate::category::right::Viewer;
use crate::page::Part;
use crate::post::{Opened, address};
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
    report: ReasonField,
    hide: ReasonField,
}

/// The part of a post's page.
pub(crate) struct ModerationPart {
    pub(crate) body: Part,
    /// Whether what was typed in it was refused, so that it is to be seen.
    pub(crate) is_refused: bool,
}

impl ModerationPart {
    /// The part of this post's page for `viewer`, with what was refused in it.
    pub(crate) fn new(viewer: Viewer, post: &Opened, flash: &Flash) -> Self {
        let field = |act: &str| ReasonField::new(flash, &format!("{}/{act}", address(post.serial)));
        let (report, hide) = (field("report"), field("hide"));
        Self {
            is_refused: report.is_refused || hide.is_refused,
            body: Box::new(PartBody {
                post: post.serial,
                is_own: post.is_of(viewer),
                is_moderator: viewer.is_moderator,
                is_locked: post.locked_at.is_some(),
                is_hidden: post.hidden_at.is_some(),
                report,
                hide,
            }),
        }
    }
}
