//! The reading of the audit trail: searching it, one row, exporting it, and whether its chain is whole.
//!
//! Invariants: whoever runs only their own providers reads of these alone, in the base query; reading and exporting
//! leave a row themselves; a page walks no chain, it tells what the last walk found.

mod api;
mod export;
mod output;
mod pages;
mod rules;
mod service;

pub(crate) use pages::menu_entry;
pub(crate) use rules::{Named, date, person};
pub(crate) use service::find_person;

use hanok_accounts::permission::AuditRead;
use hanok_web::{Access, Permission, Routes};

use crate::context::People;

const READING: Access = Access::Permission(AuditRead::NAME);

/// The routes of the trail.
pub(crate) fn routes() -> Routes<People> {
    api::routes().merge(pages::routes())
}
