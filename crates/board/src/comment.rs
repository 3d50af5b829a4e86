//! Comments and replies to them: written, edited and deleted by their author, seen at once by who looks at the post.
//!
//! Invariants: a unit that changes a post's comments holds the post first, so that its count is right and its events
//! are in their order; a reply answers a comment, and none a reply; a deleted comment that was answered keeps its
//! place, without its words; whom a text names may read it. Whoever may read a post may comment on it, also where few
//! may write posts, as under a notice; in a closed category nobody does.

mod api;
mod live;
mod mention;
mod output;
mod pages;
mod part;
mod people;
#[cfg(test)]
mod plans;
mod read;
mod rules;
pub(crate) mod store;
mod sweep;
mod text;
mod write;

pub(crate) use pages::at;
pub(crate) use part::{CommentsAsked, part};
pub(crate) use people::{named_in, note as note_named};
pub(crate) use store::CommentId;
pub(crate) use sweep::schedule;

use hanok_web::Routes;

use crate::context::Board;

/// The routes of comments: their API and what forms send.
pub(crate) fn routes() -> Routes<Board> {
    api::routes().merge(pages::routes())
}
