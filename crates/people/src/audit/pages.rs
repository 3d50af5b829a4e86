//! `/admin/audit`: the trail with filters above, whether its chain is whole, and one row of it.

mod chain;
mod line;
mod list;
mod one;

use axum::http::Method;
use hanok_web::{MenuEntry, Routes, Section};

use super::{READING, export};
use crate::context::People;
use crate::text;

/// Where the trail lies.
const PATH: &str = "/admin/audit";
/// What pages call its line of the navigation.
const ENTRY: &str = "audit";

/// The pages.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .page(Method::GET, PATH, list::show, READING)
        .page(Method::GET, "/admin/audit/export", export::show, READING)
        .page(Method::GET, "/admin/audit/{id}", one::show, READING)
        .moved("/admin/audit_logs/auditlog", PATH)
}

/// The line of the navigation.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::trail_pages::title(),
        path: PATH,
        icon: "shield-lock",
        section: Section::Console,
        needs: READING,
    }
}
