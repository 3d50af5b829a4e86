//! Pages on the way out: those that handlers made, those that say what went wrong, and the way to sign in.

use askama::Template;
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hanok_base::i18n::Text;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::page::{Around, Held, Layout, Page, filters, frame, local_path};
use crate::text;

/// Whether a response is a page that waits for its frame and shows in it what the last answer left; a bare
/// one, which may lie in another page or in a phone's cache, leaves it to the next.
pub(super) fn shows_flash(response: &Response) -> bool {
    let held = response.extensions().get::<Held>();
    held.is_some_and(|Held(page)| page.layout != Layout::Bare)
}

/// Puts the frame around a page; `Ok(None)` for any other response.
pub(super) fn framed(
    response: &mut Response,
    exchange: &Exchange,
    around: &Around,
) -> Result<Option<Response>, Error> {
    let Some(Held(page)) = response.extensions_mut().remove::<Held>() else {
        return Ok(None);
    };
    let response = std::mem::take(response);
    frame(response, &page, exchange, around).map(Some)
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Failure {
    status: u16,
    detail: Text,
    request_id: String,
    /// Whether nothing around it is a card yet.
    own_card: bool,
}

/// The page that says what happened, names the request and leads home; whoever is signed in keeps the navigation.
pub(super) fn failure(
    response: Response,
    detail: Text,
    exchange: &Exchange,
    around: &Around,
) -> Result<Response, Error> {
    let status = response.status();
    let title = match status {
        StatusCode::NOT_FOUND => text::page::not_found(),
        StatusCode::FORBIDDEN => text::page::forbidden(),
        _ => text::page::failed(),
    };
    let is_known = exchange.principal().caller().is_some();
    let body = Failure {
        status: status.as_u16(),
        detail,
        request_id: exchange.request_id.clone(),
        own_card: is_known,
    };
    let layout = if is_known { Layout::App } else { Layout::Card };
    let page = Page::new(title, body).layout(layout);
    frame(response, &page.0, exchange, around)
}

/// The way to sign in, and where that can be back to the page that was asked for.
pub(super) fn to_login(exchange: &Exchange) -> Response {
    let next = local_path(&exchange.target).filter(|_| exchange.method == Method::GET);
    let login = match next {
        Some(next) => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("/login?next={next}")
        }
        None => "/login".to_owned(),
    };
    let mut response = StatusCode::FOUND.into_response();
    if let Ok(login) = HeaderValue::try_from(login) {
        response.headers_mut().insert(LOCATION, login);
    }
    response
}
