//! The requests of everybody, for those who look after providers: the list with its filters, one of them, a file.
//!
//! Invariants: whoever manages only their own providers reads of the requests of these alone, and no more than what
//! the provider is told: who was asked only where that person approved, and neither how a failure came about nor what
//! went to the phone. Nobody reads codes, the numbers to pick from, CI or DI.

mod api;
mod detail;
mod export;
mod list;
mod rules;
mod service;
mod statement;
mod store;
mod words;

use axum::http::Method;
use hanok_accounts::permission::ProviderManagement;
use hanok_web::{Access, MenuEntry, Permission, Routes, Section};

use crate::context::Identity;
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "transactions";
/// The list.
const PATH: &str = "/admin/transactions";
/// The list as a file.
const EXPORT: &str = "/admin/transactions/export";
/// Who may open them.
const MANAGING: Access = Access::Permission(ProviderManagement::NAME);

/// The routes: the API and the pages.
pub(super) fn routes() -> Routes<Identity> {
    api::routes()
        .page(Method::GET, PATH, list::show, MANAGING)
        .page(Method::GET, EXPORT, export::show, MANAGING)
        .page(
            Method::GET,
            "/admin/transactions/{id}",
            detail::show,
            MANAGING,
        )
        .moved("/admin/auth_transactions/authtransaction", PATH)
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::transactions::title(),
        path: PATH,
        icon: "arrows-exchange",
        section: Section::Console,
        needs: MANAGING,
    }
}
