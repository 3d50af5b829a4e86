//! `/admin`: the panels of every app, those that call for something first.

use askama::Template;
use axum::extract::State;
use hanok_accounts::home::PanelView;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, Page};

use super::{Console, ENTRY};
use crate::{live, text};

#[derive(Template)]
#[template(path = "console/overview.html")]
struct OverviewBody {
    panels: Vec<PanelView>,
    /// Whether its reader hears what is said of the whole organisation.
    is_told: bool,
}

/// `GET /admin`.
pub(super) async fn show(State(console): State<Console>, ctx: Ctx) -> Result<Page, Error> {
    let mut panels = Vec::new();
    for panel in console.panels.iter() {
        panels.extend(panel.show(&ctx).await?);
    }
    panels.sort_by_key(|panel| !panel.calls);
    let caller = ctx.principal.caller();
    let is_told = caller.is_some_and(|caller| live::watches_all(&caller.permissions));
    let body = OverviewBody { panels, is_told };
    let page = Page::new(text::console::title(), body);
    Ok(page.purpose(text::console::purpose()).active(ENTRY))
}
