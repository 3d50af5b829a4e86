//! A person's own requests: the list with its filters, and what happened to one of them; and the same of everybody's
//! for those who look after providers ([`console`]).
//!
//! Invariants: nobody reads another person's, and a decoy belongs to nobody; a request whose time has
//! passed is EXPIRED before the sweeper writes it down; neither codes nor CI, DI and tokens are read.

mod api;
pub(crate) mod console;
mod pages;
mod panels;
mod rules;
mod service;
mod store;
mod timeline;
pub(crate) mod words;

pub(crate) use pages::menu_entry;
pub(crate) use panels::panels;

use hanok_web::Routes;

use crate::context::Identity;

/// The routes of the history: its API and its pages.
pub(crate) fn routes() -> Routes<Identity> {
    api::routes()
        .merge(pages::routes())
        .merge(console::routes())
}
