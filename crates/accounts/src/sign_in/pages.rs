//! Signing in and out in a browser.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use hanok_base::Secret;
use hanok_web::error::Error;
use hanok_web::page::{NextIn, filters, local_path};
use hanok_web::{
    AlertKind, Ctx, Field, FieldError, Flash, Flashed, Form, Layout, OwnPage, Page, Query,
    Redirected,
};
use serde::Deserialize;

use crate::context::Accounts;
use crate::fault::Fault;
use crate::sign_in::SignInWay;
use crate::text;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct LoginForm {
    user_id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    password: Option<Secret>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginBody {
    user_id: Field,
    password: Field,
    next: Option<String>,
    ways: Vec<SignInWay>,
    /// A session of this browser has ended, and nothing else is told.
    has_ended: bool,
    /// Whether there is anybody to sign in yet.
    is_founded: bool,
}

/// `GET /login`: the form; whoever is signed in goes on, and whose session has ended is told so once.
pub async fn login_page(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    headers: HeaderMap,
    Flashed(flash): Flashed,
    Query(query): Query<NextIn>,
) -> Result<Response, Error> {
    let carried = Some(flash.value("next")).and_then(local_path);
    let next = query.path().or(carried).map(str::to_owned);
    if ctx.principal.caller().is_some() {
        let on = Redirected::to(next.unwrap_or_else(|| "/".to_owned()));
        return Ok(on.into_response());
    }
    let ended = accounts.ended_session_cookie(&ctx, &headers);
    let body = LoginBody {
        user_id: Field::new("user_id", text::login::user_id())
            .autocomplete("username")
            .required()
            .filled(&flash),
        password: Field::password("password", text::login::password(), "current-password")
            .required()
            .filled(&flash),
        next,
        ways: accounts.ways.get().to_vec(),
        has_ended: ended.is_some() && flash.alert.is_none() && flash.errors.is_empty(),
        is_founded: accounts.is_founded().await?,
    };
    let page = Page::new(text::login::title(), body).purpose(text::login::purpose());
    Ok((ended, page.layout(Layout::Card)).into_response())
}

/// `POST /login`: on to `next` or `/`; else back to the form.
pub async fn login(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: OwnPage,
    Query(query): Query<NextIn>,
    Form(form): Form<LoginForm>,
) -> Result<Redirected, Error> {
    let next = form.next.as_deref().and_then(local_path);
    let next = next.or_else(|| query.path());
    let name = form.user_id.or(form.username).or(form.email);
    let name = name.unwrap_or_default();
    match accounts.log_in(&ctx, &name, form.password.as_ref()).await {
        Ok(token) => {
            Ok(Redirected::to(next.unwrap_or("/")).cookie(Accounts::session_cookie(&token)))
        }
        Err(Fault::PasswordChange(code)) => {
            let choose = format!("/password/reset/new?code={}", code.expose());
            let why = Flash::alert(AlertKind::Info, text::login::temporary());
            Ok(Redirected::to(choose).flash(why))
        }
        Err(fault) => {
            let typed = [
                ("user_id", name),
                ("next", next.unwrap_or_default().to_owned()),
            ];
            Ok(Redirected::failed("/login", fault.into(), typed))
        }
    }
}

impl Accounts {
    async fn log_in(
        &self,
        ctx: &Ctx,
        name: &str,
        password: Option<&Secret>,
    ) -> Result<Secret, Fault> {
        let password = password.filter(|password| !password.is_empty());
        match password {
            Some(password) if !name.trim().is_empty() => {
                self.sign_in_browser(ctx, name, password).await
            }
            _ => {
                let missing = [
                    (name.trim().is_empty(), "/user_id"),
                    (password.is_none(), "/password"),
                ];
                let fields = missing.into_iter().filter(|(missing, _)| *missing);
                Err(Fault::Fields(
                    fields
                        .map(|(_, pointer)| FieldError::new(pointer, "required"))
                        .collect(),
                ))
            }
        }
    }
}

#[derive(Template)]
#[template(path = "logout.html")]
struct LogoutBody;

/// `GET /logout`: signed out; where another site led here, a page asks first.
pub async fn logout_page(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    own: Option<OwnPage>,
) -> Result<Response, Error> {
    if own.is_none() {
        let page = Page::new(text::logout::title(), LogoutBody).purpose(text::logout::purpose());
        return Ok(page.layout(Layout::Card).into_response());
    }
    logout(State(accounts), ctx)
        .await
        .map(IntoResponse::into_response)
}

/// `POST /logout`: signed out, everywhere at once.
pub async fn logout(State(accounts): State<Accounts>, ctx: Ctx) -> Result<Redirected, Error> {
    let mut answer = Redirected::to("/login");
    if ctx.principal.caller().is_some() {
        accounts.sign_out(&ctx).await?;
        answer = answer.flash(Flash::success(text::logout::done()));
    }
    Ok(answer.cookie(Accounts::no_session_cookie()))
}
