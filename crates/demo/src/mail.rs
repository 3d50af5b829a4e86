//! `/dev/mail`: the letters that the demo keeps instead of sending, each as text and as a mail program shows it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hanok_accounts::mail::{CapturedMail, CapturedMessage};
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, Page, Routes};
use uuid::Uuid;

use crate::inbox::Wants;
use crate::text;

/// What a letter may do: it brings its own style and asks nothing of a network.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; sandbox allow-top-navigation allow-popups allow-popups-to-escape-sandbox";

/// `/dev/mail` and the letters behind it.
pub(crate) fn routes(mail: &Arc<CapturedMail>) -> Routes {
    Routes::<Arc<CapturedMail>>::new()
        .undocumented(Method::GET, "/dev/mail", get(show), Access::Public)
        .undocumented(Method::GET, "/dev/mail/{id}", get(letter), Access::Public)
        .with_state(Arc::clone(mail))
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Mailbox {
    letters: Vec<CapturedMessage>,
}

impl Mailbox {
    /// The text of a letter in lines, and whether each is a link.
    fn lines(letter: &CapturedMessage) -> impl Iterator<Item = (&str, bool)> {
        let link = letter.link();
        letter
            .text
            .lines()
            .map(move |line| (line, Some(line) == link))
    }
}

async fn show(State(mail): State<Arc<CapturedMail>>, wants: Wants) -> Response {
    wants.answer(&mail.messages(), |kept| {
        let letters = kept.clone();
        Page::new(text::demo_mail::title(), Mailbox { letters }).purpose(text::demo_mail::purpose())
    })
}

/// A letter as a mail program shows it.
async fn letter(
    State(mail): State<Arc<CapturedMail>>,
    Path(id): Path<Uuid>,
) -> Result<Response, Error> {
    let letter = mail.messages().into_iter().find(|letter| letter.id == id);
    let html = letter.ok_or_else(Error::not_found)?.html;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, html).into_response())
}
