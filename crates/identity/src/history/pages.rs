//! The pages of a person's history: `/history` and `/history/{id}`.

mod list;
mod request;

use axum::http::Method;
use hanok_web::{Access, MenuEntry, Routes, Section};

use crate::context::Identity;
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "history";
const PATH: &str = "/history";

/// The routes of the pages.
pub(super) fn routes() -> Routes<Identity> {
    let signed_in = Access::SignedIn;
    Routes::new()
        .page(Method::GET, PATH, list::show, signed_in)
        .page(Method::GET, "/history/{id}", request::show, signed_in)
        .page(
            Method::POST,
            "/history/{id}/approve",
            request::approve,
            signed_in,
        )
        .moved("/auth/history", PATH)
        .moved("/portal/auth-history", PATH)
        .moved("/auth/detail/{id}", "/history/{id}")
        .page(Method::POST, "/history/{id}/deny", request::deny, signed_in)
}

/// The history's line of the navigation.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::history::title(),
        path: PATH,
        icon: "list-details",
        section: Section::Own,
        needs: Access::SignedIn,
    }
}
