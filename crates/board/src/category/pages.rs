//! The console's pages of categories: `/admin/categories` and what lies under it.

mod form;
mod list;
mod one;

use axum::http::Method;
use hanok_base::i18n::Text;
use hanok_web::{MenuEntry, Page, Routes, Section};

use super::{CategoryId, MODERATION};
use crate::context::Board;
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "board_categories";
/// The list.
const PATH: &str = "/admin/categories";
/// The form of a new one.
const NEW: &str = "/admin/categories/new";

/// The routes of the pages.
pub(super) fn routes() -> Routes<Board> {
    let at = |path: &str| format!("{PATH}/{{id}}{path}");
    Routes::new()
        .page(Method::GET, PATH, list::show, MODERATION)
        .page(Method::POST, PATH, form::create, MODERATION)
        .page(Method::GET, NEW, form::new, MODERATION)
        .page(Method::GET, &at(""), one::show, MODERATION)
        .page(Method::POST, &at(""), one::change, MODERATION)
        .page(Method::POST, &at("/close"), one::close, MODERATION)
        .page(Method::POST, &at("/reopen"), one::reopen, MODERATION)
        .page(Method::POST, &at("/move"), one::put, MODERATION)
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::categories::title(),
        path: PATH,
        icon: "list-details",
        section: Section::Console,
        needs: MODERATION,
    }
}

fn page(title: Text, purpose: Text, body: impl askama::Template + Send + Sync + 'static) -> Page {
    Page::new(title, body).purpose(purpose).active(ENTRY)
}

fn address(id: CategoryId) -> String {
    format!("{PATH}/{id}")
}
