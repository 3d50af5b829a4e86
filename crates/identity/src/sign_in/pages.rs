//! `/login/phone`: the name, then the number to pick on the phone, then in.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hanok_accounts::Accounts;
use hanok_accounts::sign_in::SignInWay;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::page::{NextIn, filters};
use hanok_web::{
    Access, Cookie, Ctx, Field, Flashed, Form, Json, Layout, OwnPage, Page, Query, Redirected,
    Routes,
};
use serde::{Deserialize, Serialize};

use super::standing::{Seen, Standing};
use crate::context::Identity;
use crate::fault::Fault;
use crate::text;

const BEGIN: &str = "/login/phone";
const WAIT: &str = "/login/phone/wait";
const FINISH: &str = "/login/phone/finish";
const CANCEL: &str = "/login/phone/cancel";
const STATUS: &str = "/login/phone/status";

/// The cookie that makes a sign-in this browser's own.
const COOKIE: &str = "hanok_sign_in";
const NO_STORE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// What `/login` offers of identity.
pub(crate) fn ways() -> Vec<SignInWay> {
    vec![SignInWay {
        label: text::phone_sign_in::way(),
        icon: "device-mobile",
        path: BEGIN,
    }]
}

/// The pages, and what their script and forms ask.
pub(crate) fn routes() -> Routes<Identity> {
    Routes::new()
        .page(Method::GET, BEGIN, begin_page, Access::Public)
        .page(Method::POST, BEGIN, begin, Access::Public)
        .page(Method::GET, WAIT, wait_page, Access::Public)
        .page(Method::POST, FINISH, finish, Access::Public)
        .page(Method::POST, CANCEL, cancel, Access::Public)
        .undocumented(Method::GET, STATUS, get(status), Access::Public)
}

#[derive(Debug, Deserialize)]
struct BeginForm {
    #[serde(default)]
    user_id: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in_begin.html")]
struct BeginBody {
    user_id: Field,
    next: Option<String>,
    by_password: String,
}

/// `GET /login/phone`: whose phone to ask.
async fn begin_page(ctx: Ctx, Flashed(flash): Flashed, Query(query): Query<NextIn>) -> Response {
    if ctx.principal.caller().is_some() {
        return query.onward().into_response();
    }
    let body = BeginBody {
        user_id: Field::new("user_id", text::phone_sign_in::user_id())
            .autocomplete("username")
            .hint(text::phone_sign_in::user_id_hint())
            .required()
            .filled(&flash),
        by_password: query.carried_by("/login"),
        next: query.path().map(str::to_owned),
    };
    Page::new(text::phone_sign_in::title(), body)
        .purpose(text::phone_sign_in::purpose())
        .layout(Layout::Card)
        .into_response()
}

/// `POST /login/phone`: the phone is asked; the same answer whoever has the name.
async fn begin(
    State(identity): State<Identity>,
    ctx: Ctx,
    _: OwnPage,
    Form(form): Form<BeginForm>,
) -> Result<Redirected, Error> {
    let next = NextIn::new(form.next);
    match identity.begin_sign_in(&ctx, &form.user_id).await {
        Ok(secret) => {
            Ok(Redirected::to(next.carried_by(WAIT)).cookie(Cookie::new(COOKIE, secret.expose())))
        }
        Err(fault) => {
            let typed = [("user_id", form.user_id)];
            Ok(Redirected::failed(
                next.carried_by(BEGIN),
                fault.into(),
                typed,
            ))
        }
    }
}

#[derive(Template)]
#[template(path = "sign_in_wait.html")]
struct WaitBody {
    standing: Standing,
    number: i64,
    expires_at: Timestamp,
    seconds: u64,
    seconds_left: u64,
    next: Option<String>,
    again: String,
    by_password: String,
}

impl WaitBody {
    fn new(seen: &Seen, next: &NextIn, now: Timestamp) -> Self {
        Self {
            standing: seen.standing,
            number: seen.number,
            expires_at: seen.expires_at,
            seconds: seen.expires_at.since(seen.created_at).as_secs(),
            seconds_left: seen.expires_at.since(now).as_secs(),
            next: next.path().map(str::to_owned),
            again: next.carried_by(BEGIN),
            by_password: next.carried_by("/login"),
        }
    }

    fn is_over(&self) -> bool {
        !matches!(self.standing, Standing::Waiting | Standing::Approved)
    }
}

fn shown(seen: &Seen, next: &NextIn, now: Timestamp) -> Page {
    let page = Page::new(text::phone_sign_in::title(), WaitBody::new(seen, next, now))
        .purpose(text::phone_sign_in::purpose())
        .layout(Layout::Card);
    match seen.standing {
        Standing::Waiting | Standing::Approved => page.entry("sign-in"),
        Standing::Denied | Standing::NotConfirmed | Standing::Expired => page,
    }
}

/// `GET /login/phone/wait`: the number, and where the sign-in stands.
async fn wait_page(
    State(identity): State<Identity>,
    ctx: Ctx,
    headers: HeaderMap,
    Query(next): Query<NextIn>,
) -> Result<Response, Error> {
    let Some(seen) = identity.seen_by(&ctx, &headers).await? else {
        let signed_in = ctx.principal.caller().is_some();
        let begin = || Redirected::to(next.carried_by(BEGIN));
        return Ok(if signed_in { next.onward() } else { begin() }.into_response());
    };
    Ok((NO_STORE, shown(&seen, &next, ctx.now)).into_response())
}

/// What the page's script asks again and again.
#[derive(Debug, Serialize)]
struct StatusOut {
    /// `None` where this browser has no sign-in under way.
    state: Option<Standing>,
}

/// `GET /login/phone/status`: where this browser's sign-in stands.
async fn status(
    State(identity): State<Identity>,
    ctx: Ctx,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let seen = identity.seen_by(&ctx, &headers).await?;
    let state = seen.map(|seen| seen.standing);
    Ok((NO_STORE, Json(StatusOut { state })).into_response())
}

/// `POST /login/phone/finish`: in, once.
async fn finish(
    State(identity): State<Identity>,
    ctx: Ctx,
    _: OwnPage,
    headers: HeaderMap,
    Form(next): Form<NextIn>,
) -> Result<Redirected, Error> {
    let redeemed = match identity.secret_of(&headers) {
        Some(secret) => identity.redeem_sign_in(&ctx, &secret).await,
        None => Err(Fault::Expired),
    };
    Ok(match redeemed {
        Ok(token) => next
            .onward()
            .cookie(Accounts::session_cookie(&token))
            .cookie(Cookie::gone(COOKIE)),
        Err(fault) => {
            let nothing: [(&str, &str); 0] = [];
            Redirected::failed(next.carried_by(WAIT), fault.into(), nothing)
        }
    })
}

/// `POST /login/phone/cancel`: the phone is asked no more.
async fn cancel(
    State(identity): State<Identity>,
    ctx: Ctx,
    _: OwnPage,
    headers: HeaderMap,
    Form(next): Form<NextIn>,
) -> Result<Redirected, Error> {
    if let Some(secret) = identity.secret_of(&headers) {
        identity.withdraw_sign_in(&ctx, &secret).await?;
    }
    Ok(Redirected::to(next.carried_by("/login")).cookie(Cookie::gone(COOKIE)))
}

impl Identity {
    fn secret_of(&self, headers: &HeaderMap) -> Option<Secret> {
        let is_https = self.accounts.origin.starts_with("https://");
        let secret = Cookie::read(headers, COOKIE, is_https)?;
        Some(Secret::new(secret.to_owned()))
    }

    /// The sign-in of the browser that sent these headers.
    async fn seen_by(&self, ctx: &Ctx, headers: &HeaderMap) -> Result<Option<Seen>, Fault> {
        match self.secret_of(headers) {
            Some(secret) => self.see_sign_in(ctx, &secret).await,
            None => Ok(None),
        }
    }
}
