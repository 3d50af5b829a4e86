//! The pages that belong to no app: the landing page and the dashboard, to which every app adds its part.

pub(crate) mod dashboard;
mod landing;
mod panel;
pub(crate) mod panels;

use std::sync::Arc;

use axum::http::Method;
use hanok_web::{Access, Caller, Routes};

use crate::app::App;
use crate::context::Accounts;

pub use panel::{FrontCard, Invitation, Panel, PanelView};

/// What the apps add to these pages; cheap to clone.
#[derive(Clone)]
struct Home(Arc<Parts>);

struct Parts {
    accounts: Accounts,
    cards: Vec<FrontCard>,
    invitation: Option<Invitation>,
    panels: Vec<Arc<dyn Panel>>,
}

impl Home {
    /// The ways that everybody may take, who only has to sign in.
    fn cards_for_everybody(&self) -> Vec<FrontCard> {
        let open = |card: &&FrontCard| matches!(card.needs, Access::Public | Access::SignedIn);
        self.0.cards.iter().filter(open).cloned().collect()
    }

    /// The ways that `caller` may take.
    fn cards_for(&self, caller: &Caller) -> Vec<FrontCard> {
        let open = |card: &&FrontCard| card.needs.is_held_by(caller);
        self.0.cards.iter().filter(open).cloned().collect()
    }
}

/// The landing page and the dashboard of a program with these apps. What the apps have to do, whose panels
/// come first, stands before what accounts say of themselves.
pub fn routes(accounts: &Accounts, apps: &[Arc<dyn App>]) -> Routes {
    let home = Home(Arc::new(Parts {
        accounts: accounts.clone(),
        cards: apps.iter().filter_map(|app| app.front()).collect(),
        invitation: apps.iter().find_map(|app| app.invitation()),
        panels: apps.iter().rev().flat_map(|app| app.panels()).collect(),
    }));
    Routes::<Home>::new()
        .page(Method::GET, "/", landing::show, Access::Public)
        .page(Method::GET, "/dashboard", dashboard::show, Access::SignedIn)
        .with_state(home)
}
