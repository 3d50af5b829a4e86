//! The pages of teams: `/admin/teams` and what lies under it.

mod detail;
mod list;
mod new;

use axum::http::Method;
use hanok_accounts::organisation::TeamId;
use hanok_base::i18n::Text;
use hanok_web::{Field, Flash, MenuEntry, Page, Routes, Section};

use crate::context::People;
use crate::organisation::{LEADING, RUNNING};
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "teams";
/// The list.
const PATH: &str = "/admin/teams";
/// The form of a new one.
const NEW: &str = "/admin/teams/new";

/// The routes of the pages.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .page(Method::GET, PATH, list::show, LEADING)
        .page(Method::POST, PATH, new::create, RUNNING)
        .page(Method::GET, NEW, new::show, RUNNING)
        .page(Method::GET, "/admin/teams/{id}", detail::show, LEADING)
        .page(Method::POST, "/admin/teams/{id}", detail::change, LEADING)
        .page(
            Method::POST,
            "/admin/teams/{id}/close",
            detail::close,
            RUNNING,
        )
        .page(
            Method::POST,
            "/admin/teams/{id}/members",
            detail::join,
            LEADING,
        )
        .page(
            Method::POST,
            "/admin/teams/{id}/members/{account}/remove",
            detail::leave,
            LEADING,
        )
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::teams::title(),
        path: PATH,
        icon: "users-group",
        section: Section::Console,
        needs: LEADING,
    }
}

fn page(title: Text, purpose: Text, body: impl askama::Template + Send + Sync + 'static) -> Page {
    Page::new(title, body).purpose(purpose).active(ENTRY)
}

fn address(id: TeamId) -> String {
    format!("{PATH}/{id}")
}

fn name_field(now: &str, flash: &Flash) -> Field {
    Field::new("name", text::teams::name())
        .longest(60)
        .required()
        .value(now)
        .filled(flash)
}

fn leader_field(now: &str, flash: &Flash) -> Field {
    Field::new("leader_id", text::teams::leader())
        .hint(text::teams::leader_hint())
        .longest(64)
        .value(now)
        .filled(flash)
}
