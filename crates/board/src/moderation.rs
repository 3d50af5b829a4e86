//! Moderation: reports and their queue; posts and comments are hidden, threads locked, people kept from writing for a
//! while: each with a reason, on the record.
//!
//! Invariants: what is hidden is in no list, search or feed; whoever is kept from writing still reads, reports and
//! deletes what is theirs; nobody keeps from writing who holds what they lack. Tables: `board_report`,
//! `board_restriction`.

mod act;
mod api;
mod output;
mod pages;
mod panel;
mod part;
mod queue;
mod reason_field;
mod restriction;
mod restrictions;
mod rules;
mod service;
mod store;

pub(crate) use pages::menu_entry;
pub(crate) use panel::panel;
pub(crate) use part::ModerationPart;
pub(crate) use reason_field::ReasonField;
pub(crate) use restriction::must_be_free;
pub(crate) use store::ReportId;

use hanok_web::Routes;

use crate::context::Board;

/// The routes of moderation.
pub(crate) fn routes() -> Routes<Board> {
    api::routes()
        .merge(act::routes())
        .merge(pages::routes())
        .merge(restrictions::routes())
}
