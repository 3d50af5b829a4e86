//! The pages of people: `/admin/people` and what lies under it.

mod act;
mod detail;
mod export;
mod form;
mod list;
mod once;
mod roles;
mod words;

use askama::Template;
use axum::http::Method;
use hanok_accounts::AccountId;
use hanok_base::i18n::Text;
use hanok_web::{MenuEntry, Page, Routes, Section};

use super::api::{MANAGING, READING};
use crate::context::People;
use crate::text;

/// Where the list lies.
pub(crate) const PATH: &str = "/admin/people";
/// What pages call its line of the navigation.
pub(crate) const ENTRY: &str = "people";

/// The routes of the pages.
pub(super) fn routes() -> Routes<People> {
    let one = "/admin/people/{id}";
    let edit = "/admin/people/{id}/edit";
    let read = Routes::new()
        .page(Method::GET, PATH, list::show, READING)
        .page(Method::GET, "/admin/people/export", export::show, READING)
        .page(Method::GET, one, detail::show, READING)
        .page(Method::GET, "/admin/people/new", form::new, MANAGING)
        .page(Method::POST, PATH, form::create, MANAGING)
        .page(Method::GET, edit, form::edit, MANAGING)
        .page(Method::POST, edit, form::change, MANAGING)
        .moved("/admin/accounts/user", PATH);
    act::routes().merge(read)
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::people_pages::title(),
        path: PATH,
        icon: "users",
        section: Section::Console,
        needs: READING,
    }
}

fn page(title: Text, purpose: Text, body: impl Template + Send + Sync + 'static) -> Page {
    Page::new(title, body).purpose(purpose).active(ENTRY)
}

/// Where a person's page lies.
fn address(id: AccountId) -> String {
    format!("{PATH}/{id}")
}
