//! Posts: written, read, edited with their history, deleted and restored; drafts, readings, recommendations and
//! bookmarks.

mod api;
mod draft;
mod history;
mod input;
mod liking;
mod list;
mod notice;
mod output;
mod pages;
mod panel;
mod reading;
mod remove;
mod store;
mod write;

pub(crate) use draft::{DraftRow, Kept};
pub(crate) use panel::panel;
pub(crate) use reading::begin as begin_reading;
pub(crate) use remove::schedule;
pub(crate) use store::{Opened, count_in_list, fill, lock, open};

use hanok_base::Id;
use hanok_web::Routes;

use crate::context::Board;
use crate::fault::Fault;

/// Marks the id of a post.
pub enum Post {}

/// The id of a post; people see its number, the serial.
pub type PostId = Id<Post>;

/// Marks the id of a draft.
pub enum Draft {}

/// The id of a draft.
pub type DraftId = Id<Draft>;

/// The address of a post.
pub(crate) fn address(serial: i64) -> String {
    format!("/post/{serial}")
}

/// The number of a post in an address; what is none names nothing.
///
/// # Errors
/// `NotFound`.
pub(crate) fn number(text: &str) -> Result<i64, Fault> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<i64> = text.parse().ok().filter(|_| is_plain);
    number.filter(|it| *it > 0).ok_or_else(Fault::not_found)
}

/// The routes of posts: their API and their pages.
pub(crate) fn routes() -> Routes<Board> {
    api::routes().merge(pages::routes())
}
