//! The search over posts, comments and authors: nothing is found that may not be read.
//!
//! What is written goes into the index in the unit that writes it (`index`); `db::text_search` says what its terms are
//! and what a query means. Posts and comments are two lists, each read stage after stage (`place::Stage`), the newest
//! first; people are found by their name from accounts, and their posts stand among the others.

mod api;
pub(crate) mod index;
mod marked;
mod output;
mod pages;
mod place;
mod rules;
mod service;
mod store;

use hanok_web::Routes;

pub(crate) use pages::menu_entry;

use crate::context::Board;

/// The routes of the search.
pub(crate) fn routes() -> Routes<Board> {
    Routes::new().merge(api::routes()).merge(pages::routes())
}
