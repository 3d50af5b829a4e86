//! Categories: where people write, who may read and who may write there.

mod api;
mod change;
mod first;
mod follow;
mod input;
mod output;
mod pages;
pub(crate) mod right;
mod service;
mod store;
mod subjects;

pub(crate) use pages::menu_entry;
pub(crate) use store::{Listed, fill, is_writable, readable, writable};

use hanok_accounts::permission::BoardModeration;
use hanok_base::Id;
use hanok_web::{Access, Permission, Routes};

use crate::context::Board;

/// Marks the id of a category.
pub enum Category {}

/// The id of a category.
pub type CategoryId = Id<Category>;

hanok_db::text_enum! {
    /// What a category is for.
    pub(crate) enum Kind {
        /// People talk.
        Free = "free",
        /// A few tell something to all.
        Notice = "notice",
    }
}

/// Who manages categories and moderates.
pub(crate) const MODERATION: Access = Access::Permission(BoardModeration::NAME);

/// The routes of categories: their API and the pages of the console.
pub(crate) fn routes() -> Routes<Board> {
    api::routes().merge(pages::routes())
}
