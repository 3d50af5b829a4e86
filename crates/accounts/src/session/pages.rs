//! `/account/sessions`: where one is signed in, and signing out there.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, Ctx, Page, Path, Redirected, Routes, SignedIn};

use super::agent::told;
use super::store::{PlaceRow, SessionId, SessionKind};
use crate::account::my::{NOTHING, Tab};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::text;

/// The pages about where one is signed in.
pub(crate) fn routes() -> Routes<Accounts> {
    let path = Tab::Sessions.path();
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(
            Method::POST,
            "/account/sessions/end-others",
            end_others,
            Access::SignedIn,
        )
        .page(
            Method::POST,
            "/account/sessions/{id}/end",
            end,
            Access::SignedIn,
        )
}

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct Body {
    tab: Tab,
    places: Vec<Place>,
}

impl Body {
    /// Whether there is another place than this one.
    fn has_others(&self) -> bool {
        self.places.iter().any(|place| !place.is_here)
    }
}

/// A place where one is signed in.
struct Place {
    id: SessionId,
    agent: String,
    icon: &'static str,
    is_here: bool,
    address: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
}

impl Place {
    fn new(row: PlaceRow, here: Option<SessionId>) -> Self {
        Self {
            id: row.id,
            agent: told(&row.agent),
            icon: match row.kind {
                SessionKind::Browser => "device-desktop",
                SessionKind::Api => "code",
            },
            is_here: Some(row.id) == here,
            address: row.address,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

/// `GET /account/sessions`: this place first.
async fn show(State(accounts): State<Accounts>, ctx: Ctx, caller: SignedIn) -> Result<Page, Error> {
    let here = caller.session.map(SessionId::from_uuid);
    let places = accounts.my_places(&ctx).await?.into_iter();
    let mut places: Vec<Place> = places.map(|row| Place::new(row, here)).collect();
    places.sort_by_key(|place| !place.is_here);
    let body = Body {
        tab: Tab::Sessions,
        places,
    };
    Ok(Tab::page(
        text::my::sessions::title(),
        text::my::sessions::purpose(),
        body,
    ))
}

/// `POST /account/sessions/{id}/end`: signed out there, at once.
async fn end(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Path(id): Path<SessionId>,
) -> Redirected {
    match accounts.end_place(&ctx, id).await {
        // What has ended already is as it was wished.
        Ok(()) | Err(Fault::NotFound) => Tab::Sessions.done(text::my::sessions::ended()),
        Err(fault) => Tab::Sessions.refused(fault, NOTHING),
    }
}

/// `POST /account/sessions/end-others`: signed out everywhere but here.
async fn end_others(State(accounts): State<Accounts>, ctx: Ctx, _: SignedIn) -> Redirected {
    match accounts.end_other_places(&ctx).await {
        Ok(_) => Tab::Sessions.done(text::my::sessions::others_ended()),
        Err(fault) => Tab::Sessions.refused(fault, NOTHING),
    }
}
