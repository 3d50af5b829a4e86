//! `/`: what Hanok is and which apps are there.

use askama::Template;
use axum::extract::State;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Ctx, Layout, Page};

use super::{FrontCard, Home, Invitation};
use crate::text;

#[derive(Template)]
#[template(path = "landing.html")]
struct LandingBody {
    headline: Text,
    /// Whoever is signed in, greeted.
    greeting: Option<Text>,
    invitation: Option<Invitation>,
    cards: Vec<FrontCard>,
    ways: [(&'static str, Text, Text); 3],
    /// Whether anybody may register yet.
    is_founded: bool,
}

/// `GET /`.
pub(super) async fn show(State(home): State<Home>, ctx: Ctx) -> Result<Page, Error> {
    let organisation = home.0.accounts.organisation.get();
    let caller = ctx.principal.caller();
    let body = LandingBody {
        headline: match &organisation.name {
            Some(name) => text::landing::welcome(name),
            None => text::landing::headline(),
        },
        greeting: caller.map(|caller| text::landing::signed_in(&caller.name)),
        invitation: home.0.invitation.clone(),
        cards: home.cards_for_everybody(),
        is_founded: home.0.accounts.is_founded().await?,
        ways: [
            ("home", text::landing::own(), text::landing::own_line()),
            (
                "eye-off",
                text::landing::sealed(),
                text::landing::sealed_line(),
            ),
            (
                "list-details",
                text::landing::trail(),
                text::landing::trail_line(),
            ),
        ],
    };
    Ok(Page::new(text::landing::title(), body).layout(Layout::Front))
}
