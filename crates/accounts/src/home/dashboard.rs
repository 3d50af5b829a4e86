//! `/dashboard`: what concerns the caller now, from every app.

use askama::Template;
use axum::extract::State;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, MenuEntry, Page, Section, SignedIn};

use super::{FrontCard, Home, PanelView};
use crate::text;

/// The entry of the menu.
pub(crate) const MENU: &str = "dashboard";

/// The dashboard's line of the navigation.
pub(crate) const fn entry() -> MenuEntry {
    MenuEntry {
        id: MENU,
        text: text::dashboard::title(),
        path: "/dashboard",
        icon: "dashboard",
        section: Section::Own,
        needs: hanok_web::Access::SignedIn,
    }
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardBody {
    panels: Vec<PanelView>,
    cards: Vec<FrontCard>,
}

/// `GET /dashboard`.
pub(super) async fn show(
    State(home): State<Home>,
    ctx: Ctx,
    caller: SignedIn,
) -> Result<Page, Error> {
    let mut panels = Vec::new();
    for panel in &home.0.panels {
        panels.extend(panel.show(&ctx).await?);
    }
    panels.sort_by_key(|panel| !panel.calls);
    let cards = home.cards_for(&caller);
    let page = Page::new(text::dashboard::title(), DashboardBody { panels, cards });
    Ok(page
        .purpose(text::dashboard::greeting(&caller.name))
        .active(MENU))
}
