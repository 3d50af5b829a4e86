//! A forgotten password in a browser: asking for the link, and the page that it leads to.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_base::Secret;
use hanok_web::error::Error;
use hanok_web::flash::AlertKind;
use hanok_web::page::filters;
use hanok_web::{
    Access, Ctx, Field, Flash, Flashed, Form, Layout, OwnPage, Page, Query, Redirected, Routes,
};
use serde::Deserialize;

use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Letters;
use crate::text;

const ASK: &str = "/password/reset";
const NEW: &str = "/password/reset/new";

/// The pages of a forgotten password.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new()
        .page(Method::GET, ASK, ask_page, Access::Public)
        .page(Method::POST, ASK, ask, Access::Public)
        .page(Method::GET, NEW, new_page, Access::Public)
        .page(Method::POST, NEW, set_new, Access::Public)
}

#[derive(Template)]
#[template(path = "password_reset.html")]
struct AskBody {
    user_id: Field,
    letters: Letters,
}

/// `GET /password/reset`: whose password it is.
async fn ask_page(State(accounts): State<Accounts>, Flashed(flash): Flashed) -> Page {
    let user_id = Field::new("user_id", text::password_reset::user_id())
        .autocomplete("username")
        .hint(text::password_reset::user_id_hint())
        .required()
        .filled(&flash);
    let body = AskBody {
        user_id,
        letters: Letters::of(&accounts),
    };
    Page::new(text::password_reset::title(), body)
        .purpose(text::password_reset::purpose())
        .layout(Layout::Card)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
struct AskForm {
    #[serde(alias = "username", alias = "email")]
    user_id: Option<String>,
}

/// `POST /password/reset`: the same answer for every name.
async fn ask(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: OwnPage,
    Form(form): Form<AskForm>,
) -> Result<Redirected, Error> {
    let name = form.user_id.unwrap_or_default();
    Ok(match accounts.ask_password_reset(&ctx, &name).await {
        Ok(()) => {
            let minutes = accounts.config.password_reset_minutes;
            let sent = text::password_reset::sent(minutes);
            Redirected::to(ASK).flash(Flash::alert(AlertKind::Info, sent))
        }
        Err(fault) => Redirected::failed(ASK, fault.into(), [("user_id", name)]),
    })
}

/// The code of a link.
#[derive(Debug, Deserialize)]
struct CodeIn {
    code: Option<Secret>,
}

#[derive(Template)]
#[template(path = "password_new.html")]
struct NewBody {
    username: String,
    code: String,
    new_password: Field,
    new_password_confirm: Field,
}

/// `GET /password/reset/new?code=…`: the new password; a link that does not count leads to asking for another.
async fn new_page(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Flashed(flash): Flashed,
    Query(query): Query<CodeIn>,
) -> Result<Response, Error> {
    let code = query.code.unwrap_or_default().expose().to_owned();
    let row = match accounts.password_link(&ctx, &code).await {
        Err(Fault::NotFound) => return Ok(gone().into_response()),
        other => other?,
    };
    let body = new_body(row.username, code, &flash);
    let page = Page::new(text::password_reset::new_title(), body).layout(Layout::Card);
    let page = page.purpose(text::password_reset::new_purpose());
    Ok(page.unstored().into_response())
}

fn new_body(username: String, code: String, flash: &Flash) -> NewBody {
    let password = |name, label| {
        let field = Field::password(name, label, "new-password").required();
        field.filled(flash)
    };
    let again = text::password_reset::new_password_confirm();
    NewBody {
        username,
        code,
        new_password: password("new_password", text::password_reset::new_password())
            .hint(text::register::password_hint()),
        new_password_confirm: password("new_password_confirm", again),
    }
}

/// What the form of the link sends.
#[derive(Debug, Deserialize)]
struct NewForm {
    code: Option<Secret>,
    new_password: Option<Secret>,
    new_password_confirm: Option<Secret>,
}

/// `POST /password/reset/new`: on to `/login` with the new password; else back to the form.
async fn set_new(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: OwnPage,
    Form(form): Form<NewForm>,
) -> Result<Redirected, Error> {
    let code = form.code.unwrap_or_default();
    let new = form.new_password.unwrap_or_default();
    let again = form.new_password_confirm.unwrap_or_default();
    Ok(
        match accounts.reset_password(&ctx, &code, &new, &again).await {
            Ok(()) => Redirected::to("/login")
                .flash(Flash::success(text::password_reset::done()))
                .cookie(Accounts::no_session_cookie()),
            Err(Fault::NotFound) => gone(),
            Err(fault) => {
                let none: [(&str, &str); 0] = [];
                Redirected::failed(format!("{NEW}?code={}", code.expose()), fault.into(), none)
            }
        },
    )
}

fn gone() -> Redirected {
    let told = Flash::alert(AlertKind::Danger, text::password_reset::gone());
    Redirected::to(ASK).flash(told)
}
