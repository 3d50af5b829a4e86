//! Departments: a tree in which a person has one place, with a manager who leads it and what is below.

mod api;
mod change;
mod input;
mod output;
mod pages;
mod service;
pub(super) mod store;
mod tree;

pub(super) use input::name;
pub(super) use output::{LeaderOut, TurnOut};
pub(super) use pages::menu_entry;

use hanok_web::Routes;

use crate::context::People;

/// The routes of departments: their API and their pages.
pub(super) fn routes() -> Routes<People> {
    api::routes().merge(pages::routes())
}
