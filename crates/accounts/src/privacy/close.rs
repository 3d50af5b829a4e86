//! `/account/privacy/close`: what becomes of an account that is closed, and closing it.

use askama::Template;
use axum::extract::State;
use hanok_web::error::{Error, FieldError};
use hanok_web::page::filters;
use hanok_web::{Ctx, Field, Flash, Flashed, Form, Page, Redirected, SignedIn};
use serde::Deserialize;

use crate::account::my::Tab;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::{sign_in, text};

/// Where it lies.
pub(super) const PATH: &str = "/account/privacy/close";

#[derive(Template)]
#[template(path = "account/close.html")]
struct CloseBody {
    tab: Tab,
    days: u32,
    /// The form, once the password was given.
    username: Option<Field>,
    confirm: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CloseForm {
    username: String,
}

fn confirm() -> String {
    format!("{}?next={PATH}", sign_in::my_pages::CONFIRM)
}

/// `GET /account/privacy/close`.
pub(super) async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let standing = accounts.my_standing(&ctx).await?;
    let field = Field::new("username", text::my::close::username())
        .hint(text::my::close::username_hint(&standing.row.username))
        .longest(64)
        .required()
        .filled(&flash);
    let body = CloseBody {
        tab: Tab::Privacy,
        days: accounts.config.closing_grace_days,
        username: standing.is_confirmed.then_some(field),
        confirm: confirm(),
    };
    let title = text::my::close::title();
    Ok(Tab::page(title, text::my::close::purpose(), body))
}

/// `POST /account/privacy/close`: signed out everywhere, at once.
pub(super) async fn close(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<CloseForm>,
) -> Redirected {
    match accounts.close_typed(&ctx, &form.username).await {
        Ok(()) => {
            let days = accounts.config.closing_grace_days;
            Redirected::to("/login")
                .flash(Flash::success(text::my::close::done(days)))
                .cookie(Accounts::no_session_cookie())
        }
        Err(Fault::PasswordRequired) => Redirected::to(confirm()),
        Err(fault) => Redirected::failed(PATH, fault.into(), [("username", form.username)]),
    }
}

impl Accounts {
    /// Closes the caller's account, whose name they typed so that nobody closes one by a slip.
    async fn close_typed(&self, ctx: &Ctx, typed: &str) -> Result<(), Fault> {
        let standing = self.my_standing(ctx).await?;
        if !typed.trim().eq_ignore_ascii_case(&standing.row.username) {
            let wrong = FieldError::new("/username", "username_differs");
            return Err(Fault::Fields(vec![wrong]));
        }
        self.close_mine(ctx).await.map(|_| ())
    }
}
