//! `/account/password` and `/account/confirm`: the password changed, and given again for what asks for it.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::Secret;
use hanok_web::error::{Error, FieldError};
use hanok_web::page::{NextIn, filters, local_path};
use hanok_web::{
    Access, Ctx, Field, Flash, Flashed, Form, Layout, Page, Query, Redirected, Routes, SignedIn,
};
use serde::Deserialize;

use crate::account::my::{NOTHING, Tab, needed};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::text;

/// Where the password is given again.
pub(crate) const CONFIRM: &str = "/account/confirm";

/// The pages about one's own password.
pub(crate) fn routes() -> Routes<Accounts> {
    let path = Tab::Password.path();
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(Method::POST, path, change, Access::SignedIn)
        .page(Method::GET, CONFIRM, ask, Access::SignedIn)
        .page(Method::POST, CONFIRM, confirm, Access::SignedIn)
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordBody {
    tab: Tab,
    fields: [Field; 3],
}

/// `GET /account/password`.
async fn show(_: SignedIn, Flashed(flash): Flashed) -> Page {
    let current = text::my::password::current();
    let new = Field::password("new_password", text::my::password::new(), "new-password")
        .hint(text::register::password_hint());
    let again = text::my::password::again();
    let fields = [
        Field::password("current_password", current, "current-password"),
        new,
        Field::password("new_password_confirm", again, "new-password"),
    ];
    let body = PasswordBody {
        tab: Tab::Password,
        fields: fields.map(|field| field.required().filled(&flash)),
    };
    Tab::page(
        text::my::password::title(),
        text::my::password::purpose(),
        body,
    )
}

/// What the form of the password sends.
#[derive(Debug, Deserialize)]
struct PasswordForm {
    current_password: Option<Secret>,
    new_password: Option<Secret>,
    new_password_confirm: Option<Secret>,
}

impl PasswordForm {
    /// The old password and the new one, typed twice alike.
    fn read(self) -> Result<(Secret, Secret), Fault> {
        let current = needed("/current_password", self.current_password);
        let new = needed("/new_password", self.new_password);
        let again = needed("/new_password_confirm", self.new_password_confirm);
        match (current, new, again) {
            (Ok(current), Ok(new), Ok(again)) if new == again => Ok((current, new)),
            (Ok(_), Ok(_), Ok(_)) => Err(Fault::field(
                "/new_password_confirm",
                "password_confirm_differs",
            )),
            (current, new, again) => {
                let faults = [current.err(), new.err(), again.err()];
                Err(all(faults.into_iter().flatten()))
            }
        }
    }
}

/// Every wrong field of several refusals.
fn all(faults: impl Iterator<Item = Fault>) -> Fault {
    let fields = faults.flat_map(|fault| match fault {
        Fault::Fields(fields) => fields,
        _ => Vec::new(),
    });
    Fault::Fields(fields.collect::<Vec<FieldError>>())
}

/// `POST /account/password`: every other session ends.
async fn change(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<PasswordForm>,
) -> Redirected {
    let changed = match form.read() {
        Ok((current, new)) => accounts.change_password(&ctx, &current, &new).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => Tab::Profile.done(text::my::password::done()),
        Err(fault) => Tab::Password.refused(at_field("/current_password", fault), NOTHING),
    }
}

/// Says at the field of the password what a sign-in says of the whole form.
fn at_field(pointer: &'static str, fault: Fault) -> Fault {
    match fault {
        Fault::InvalidCredentials => Fault::field(pointer, "password_wrong"),
        Fault::Locked => Fault::field(pointer, "password_locked"),
        other => other,
    }
}

#[derive(Template)]
#[template(path = "account/confirm.html")]
struct ConfirmBody {
    password: Field,
    next: String,
    back: String,
}

/// `GET /account/confirm?next=`: the password once more.
async fn ask(_: SignedIn, Flashed(flash): Flashed, Query(query): Query<NextIn>) -> Page {
    let carried = Some(flash.value("next")).and_then(local_path);
    let next = query.path().or(carried).unwrap_or(Tab::Profile.path());
    let label = text::my::confirm::password();
    let body = ConfirmBody {
        password: Field::password("password", label, "current-password")
            .required()
            .filled(&flash),
        next: next.to_owned(),
        back: Tab::Profile.path().to_owned(),
    };
    Page::new(text::my::confirm::title(), body)
        .purpose(text::my::confirm::purpose())
        .layout(Layout::Card)
}

/// What the form of the confirmation sends.
#[derive(Debug, Deserialize)]
struct ConfirmForm {
    password: Option<Secret>,
    next: Option<String>,
}

/// `POST /account/confirm`: on to `next`.
async fn confirm(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<ConfirmForm>,
) -> Redirected {
    let next = form.next.as_deref().and_then(local_path);
    let next = next.unwrap_or(Tab::Profile.path());
    let confirmed = match needed("/password", form.password) {
        Ok(password) => accounts.confirm_password(&ctx, &password).await,
        Err(fault) => Err(fault),
    };
    match confirmed {
        // What was asked for is not done yet: it is asked for again there.
        Ok(()) => Redirected::to(next).flash(Flash::success(text::my::confirm::done())),
        Err(fault) => {
            let fault: Error = at_field("/password", fault).into();
            Redirected::failed(CONFIRM, fault, [("next", next)])
        }
    }
}
