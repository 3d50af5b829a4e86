//! The pages of departments: `/admin/departments` and what lies under it.

mod detail;
mod form;
mod list;
mod new;

use axum::http::Method;
use hanok_accounts::organisation::DepartmentId;
use hanok_base::i18n::Text;
use hanok_web::{MenuEntry, Page, Routes, Section};

use crate::context::People;
use crate::organisation::{LEADING, RUNNING};
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "departments";
/// The list.
const PATH: &str = "/admin/departments";
/// The form of a new one.
const NEW: &str = "/admin/departments/new";

/// The routes of the pages.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .page(Method::GET, PATH, list::show, LEADING)
        .page(Method::POST, PATH, new::create, RUNNING)
        .page(Method::GET, NEW, new::show, RUNNING)
        .page(
            Method::GET,
            "/admin/departments/{id}",
            detail::show,
            LEADING,
        )
        .page(
            Method::POST,
            "/admin/departments/{id}",
            detail::change,
            RUNNING,
        )
        .page(
            Method::POST,
            "/admin/departments/{id}/close",
            detail::close,
            RUNNING,
        )
        .page(
            Method::POST,
            "/admin/departments/{id}/members",
            detail::place,
            RUNNING,
        )
        .page(
            Method::POST,
            "/admin/departments/{id}/members/{account}/remove",
            detail::take,
            RUNNING,
        )
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::departments::title(),
        path: PATH,
        icon: "hierarchy-2",
        section: Section::Console,
        needs: LEADING,
    }
}

fn page(title: Text, purpose: Text, body: impl askama::Template + Send + Sync + 'static) -> Page {
    Page::new(title, body).purpose(purpose).active(ENTRY)
}

fn address(id: DepartmentId) -> String {
    format!("{PATH}/{id}")
}
