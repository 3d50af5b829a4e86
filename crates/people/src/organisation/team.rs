//! Teams: people from anywhere, with a leader; somebody may be in several.

mod api;
mod change;
mod input;
mod older;
mod output;
mod pages;
mod rules;
mod service;
pub(super) mod store;

pub(super) use pages::menu_entry;

use hanok_web::Routes;

use crate::context::People;

/// The routes of teams: their API and their pages.
pub(super) fn routes() -> Routes<People> {
    api::routes().merge(older::routes()).merge(pages::routes())
}
