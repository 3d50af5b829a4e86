//! `/admin/reports`: which reports there are, and each of them as drawings and a table.

mod figure;
mod index;
mod one;
mod sheet;

use axum::http::Method;
use hanok_web::{MenuEntry, Routes, Section};

use super::api::READING;
use crate::context::Identity;
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "reports";
/// Which there are.
const PATH: &str = "/admin/reports";

/// The routes of the pages.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new()
        .page(Method::GET, PATH, index::show, READING)
        .page(Method::GET, "/admin/reports/{name}", one::show, READING)
        .page(
            Method::GET,
            "/admin/reports/{name}/export",
            one::export,
            READING,
        )
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::reports::title(),
        path: PATH,
        icon: "report-analytics",
        section: Section::Console,
        needs: READING,
    }
}
