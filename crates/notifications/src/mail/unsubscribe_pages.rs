//! `/notifications/unsubscribe/{token}`: ends letters of a sort, by one click of a mail program (RFC 8058) or on the page
//! that the link opens. Opening it changes nothing, because programs that look at mail follow links too.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, Ctx, Layout, Page, Path, Routes};

use super::link::Ends;
use crate::context::Notifications;
use crate::fault::Fault;
use crate::said::called;
use crate::text;

/// Where the links of letters lead, before their token.
pub(super) const PATH: &str = "/notifications/unsubscribe";
const OPEN: &str = "/notifications/unsubscribe/{token}";

/// The pages: whoever has the link needs no session, as a mail program has none.
pub(super) fn routes() -> Routes<Notifications> {
    Routes::new()
        .page(Method::GET, OPEN, show, Access::Public)
        .page(Method::POST, OPEN, end, Access::Public)
}

/// What the page says of the link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It would end these.
    Asks(Ends),
    /// These have ended.
    Ended(Ends),
    /// It is none of ours.
    Wrong,
}

#[derive(Template)]
#[template(path = "notifications/unsubscribe.html")]
struct Body {
    standing: Standing,
    /// Where the form is sent.
    action: String,
}

/// `GET /notifications/unsubscribe/{token}`: what will end, and a button that does it.
async fn show(
    State(notifications): State<Notifications>,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    match notifications.ended_letters(&token) {
        Ok(ends) => Ok(page(Standing::Asks(ends), &token)),
        Err(fault) => wrong(fault),
    }
}

/// `POST /notifications/unsubscribe/{token}`: as a mail program sends it, or the page's button. Whatever its body says,
/// whoever has the link may end these letters.
async fn end(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    match notifications.end_letters(&ctx, &token).await {
        Ok(ends) => Ok(page(Standing::Ended(ends), &token)),
        Err(fault) => wrong(fault),
    }
}

fn wrong(fault: Fault) -> Result<Response, Error> {
    match fault {
        Fault::Accounts(hanok_accounts::Fault::NotFound) => Ok(page(Standing::Wrong, "")),
        other => Err(other.into()),
    }
}

/// The page. No other site learns the link, as the referrer policy of all pages has it; with none at all old browsers
/// would send the button's form without saying whose page it is on.
fn page(standing: Standing, token: &str) -> Response {
    let (title, status) = match standing {
        Standing::Asks(_) => (text::unsubscribe::title(), StatusCode::OK),
        Standing::Ended(_) => (text::unsubscribe::done_title(), StatusCode::OK),
        Standing::Wrong => (text::unsubscribe::wrong_title(), StatusCode::NOT_FOUND),
    };
    let action = format!("{PATH}/{token}");
    let page = Page::new(title, Body { standing, action })
        .layout(Layout::Card)
        .status(status);
    page.unstored().into_response()
}

impl Ends {
    /// Which letters those are.
    fn said(self) -> Text {
        match self {
            Self::Type(kind) => called(kind),
            Self::Digest => text::sort::digest(),
        }
    }
}
