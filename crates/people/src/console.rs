//! The console's first page, `/admin`: what the apps say of the organisation, each to whom it concerns.

mod overview;
mod panels;

pub(crate) use panels::panels;

use std::sync::Arc;

use axum::http::Method;
use hanok_accounts::App;
use hanok_accounts::home::Panel;
use hanok_web::{Access, MenuEntry, Routes, Section};

use crate::text;

/// What pages call its line of the navigation.
const ENTRY: &str = "admin";
/// Who may open the overview: whoever runs something.
pub(crate) const OVERVIEW: Access =
    Access::AnyOf(&["user_management", "team_management", "provider_statistics"]);

/// The console of a program with these apps.
#[derive(Clone)]
struct Console {
    panels: Arc<[Arc<dyn Panel>]>,
}

/// The overview of a program with these apps.
pub fn routes(apps: &[Arc<dyn App>]) -> Routes {
    let panels = apps.iter().flat_map(|app| app.console_panels()).collect();
    Routes::<Console>::new()
        .page(Method::GET, "/admin", overview::show, OVERVIEW)
        .with_state(Console { panels })
}

/// The overview's line of the navigation.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::console::title(),
        path: "/admin",
        icon: "layout-dashboard",
        section: Section::Console,
        needs: OVERVIEW,
    }
}
