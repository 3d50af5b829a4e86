//! What became of telling a provider, for those who look after it: its deliveries, each with its attempts,
//! and telling again what was given up; a test of its callback address.
//!
//! Invariants: nobody reads or replays what is told to a provider that they do not manage; only what was given
//! up is replayed, once; what a provider answers is text of a stranger and is shown as such.

mod api;
mod pages;
mod panels;
mod replay;
mod rules;
mod service;
mod store;
mod trial;
mod words;

pub(crate) use panels::panels;

use hanok_web::Routes;

use crate::context::Identity;

/// The routes of deliveries: their API and their pages.
pub(crate) fn routes() -> Routes<Identity> {
    api::routes().merge(pages::routes())
}
