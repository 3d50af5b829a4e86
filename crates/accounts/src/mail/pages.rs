//! `/account/email`: the address, the letter that verifies it, and the page that its link leads to.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::flash::AlertKind;
use hanok_web::page::filters;
use hanok_web::{
    Access, Ctx, Field, Flash, Flashed, Form, Layout, OwnPage, Page, Query, Redirected, Routes,
    SignedIn,
};
use serde::Deserialize;

use super::{EmailState, Letters};
use crate::account::my::{Standing, Tab};
use crate::account::store::sealed;
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::session::confirm::in_person;
use crate::sign_in::my_pages::CONFIRM;
use crate::text;

/// Where one's own address is seen and changed.
pub(crate) const EMAIL: &str = "/account/email";
const VERIFY: &str = "/account/email/verify";

/// The pages about one's own address. A letter may be read where nobody is signed in: its link needs no session.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new()
        .page(Method::GET, EMAIL, show, Access::SignedIn)
        .page(Method::POST, EMAIL, send, Access::SignedIn)
        .page(Method::GET, VERIFY, link, Access::Public)
        .page(Method::POST, VERIFY, verify, Access::Public)
}

#[derive(Template)]
#[template(path = "account/email.html")]
struct Body {
    tab: Tab,
    masked: Option<String>,
    verified: bool,
    asked: Option<(String, Timestamp)>,
    email: Field,
    is_confirmed: bool,
    is_held: bool,
    confirm: String,
    letters: Letters,
}

/// `GET /account/email`.
async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let state = accounts.email_state(&ctx).await?;
    let standing = accounts.my_standing(&ctx).await?;
    let body = body(&accounts, state, &standing, &flash);
    Ok(Tab::page(
        text::my_email::title(),
        text::my_email::purpose(),
        body,
    ))
}

fn body(accounts: &Accounts, state: EmailState, standing: &Standing, flash: &Flash) -> Body {
    let email = Field::new("email", text::my_email::address())
        .kind("email")
        .autocomplete("email")
        .inputmode("email")
        .hint(text::my_email::address_hint())
        .required();
    Body {
        tab: Tab::Profile,
        masked: state.masked,
        verified: state.verified,
        asked: state.asked,
        email: email.filled(flash),
        is_confirmed: standing.is_confirmed,
        is_held: standing.is_held,
        confirm: confirm(),
        letters: Letters::of(accounts),
    }
}

fn confirm() -> String {
    format!("{CONFIRM}?next={EMAIL}")
}

/// What the form of the address sends.
#[derive(Debug, Deserialize)]
struct EmailForm {
    email: Option<String>,
    /// Given where the address that is on file is meant, which its page shows masked.
    this: Option<String>,
}

/// `POST /account/email`: a letter with a link goes to the address.
async fn send(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<EmailForm>,
) -> Redirected {
    let typed = form.email.unwrap_or_default();
    let sent = if form.this.is_some() {
        accounts.send_email_on_file(&ctx).await
    } else {
        accounts.send_email_typed(&ctx, &typed).await
    };
    match sent {
        Ok(()) => Redirected::to(EMAIL),
        Err(Fault::PasswordRequired) => Redirected::to(confirm()),
        Err(Fault::Forbidden) => {
            let held = Flash::alert(AlertKind::Warning, text::my::held());
            Redirected::to(EMAIL).flash(held)
        }
        Err(fault) => Redirected::failed(EMAIL, fault.into(), [("email", typed)]),
    }
}

/// The code of a link.
#[derive(Debug, Deserialize)]
struct CodeIn {
    code: Option<Secret>,
}

#[derive(Template)]
#[template(path = "account/email_verify.html")]
struct LinkBody {
    username: String,
    masked: String,
    code: String,
}

/// `GET /account/email/verify?code=…`: asks once more, because programs that look at mail follow links too.
async fn link(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Query(query): Query<CodeIn>,
) -> Result<Response, Error> {
    let code = query.code.unwrap_or_default().expose().to_owned();
    let (username, masked) = match accounts.email_link(&ctx, &code).await {
        Err(Fault::NotFound) => return Ok(gone(&ctx).into_response()),
        other => other?,
    };
    let body = LinkBody {
        username,
        masked,
        code,
    };
    let page = Page::new(text::my_email::verify_title(), body)
        .purpose(text::my_email::verify_purpose())
        .layout(Layout::Card);
    Ok(page.unstored().into_response())
}

/// `POST /account/email/verify`: the address counts from now on.
async fn verify(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: OwnPage,
    Form(form): Form<CodeIn>,
) -> Result<Redirected, Error> {
    let told = match accounts
        .verify_email(&ctx, &form.code.unwrap_or_default())
        .await
    {
        Ok(()) => Flash::success(text::my_email::done()),
        Err(Fault::NotFound) => return Ok(gone(&ctx)),
        Err(Fault::Forbidden) => Flash::alert(AlertKind::Warning, text::my::held()),
        Err(Fault::Fields(_)) => Flash::alert(AlertKind::Danger, text::my_email::taken()),
        Err(other) => return Err(other.into()),
    };
    Ok(Redirected::to(behind(&ctx)).flash(told))
}

/// Where a link leads when it has said what it had to say.
fn behind(ctx: &Ctx) -> &'static str {
    if ctx.principal.caller().is_some() {
        EMAIL
    } else {
        "/login"
    }
}

fn gone(ctx: &Ctx) -> Redirected {
    let told = Flash::alert(AlertKind::Danger, text::my_email::gone());
    Redirected::to(behind(ctx)).flash(told)
}

impl Accounts {
    /// The letter to the address on file, which nobody has to type again.
    async fn send_email_on_file(&self, ctx: &Ctx) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let read = self.db.read(async move |conn| sealed(conn, account).await);
        let on_file = read.await?.and_then(|row| row.email);
        let on_file = on_file.ok_or_else(|| Fault::field("/email", "required"))?;
        let open = self.open_email(account, &on_file)?;
        self.send_email_typed(ctx, &open).await
    }

    async fn send_email_typed(&self, ctx: &Ctx, typed: &str) -> Result<(), Fault> {
        if typed.trim().is_empty() {
            return Err(Fault::field("/email", "required"));
        }
        let email =
            EmailAddress::parse(typed).map_err(|fault| Fault::field("/email", fault.code()))?;
        self.start_email_proof(ctx, &email).await.map(|_| ())
    }
}
