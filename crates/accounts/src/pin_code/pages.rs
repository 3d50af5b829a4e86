//! `/account/pin`: the PIN set for the first time, changed, or set anew by whoever has forgotten it.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::Secret;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, Ctx, Field, Flash, Flashed, Form, Page, Redirected, Routes, SignedIn};
use serde::Deserialize;

use super::service::typed;
use crate::account::my::{NOTHING, Standing, Tab, given, needed};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::text;

/// The pages about one's own PIN.
pub(crate) fn routes() -> Routes<Accounts> {
    let path = Tab::Pin.path();
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(Method::POST, path, set, Access::SignedIn)
}

/// What can be done about the PIN now.
enum Way {
    /// A fresh password reset holds changes back.
    Held,
    /// The number must be proven first.
    Unproven,
    /// The password must be given first.
    Unconfirmed,
    /// The PIN is locked: the number must be proven again.
    Locked,
    /// The form.
    Open,
}

#[derive(Template)]
#[template(path = "account/pin.html")]
struct Body {
    tab: Tab,
    way: Way,
    has_pin: bool,
    current: Option<Field>,
    fields: [Field; 2],
    confirm: String,
}

/// `GET /account/pin`.
async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let standing = accounts.my_standing(&ctx).await?;
    let just_proven = accounts.is_recent(standing.row.phone_proven_at, ctx.now);
    let asks_current = standing.has_pin() && !just_proven;
    let body = Body {
        tab: Tab::Pin,
        way: way(&standing, asks_current),
        has_pin: standing.has_pin(),
        current: asks_current.then(|| current(&flash)),
        fields: fields(&flash),
        confirm: Tab::Pin.confirm(),
    };
    Ok(Tab::page(
        text::my::pin::title(),
        text::my::pin::purpose(),
        body,
    ))
}

fn way(standing: &Standing, asks_current: bool) -> Way {
    if standing.is_held {
        Way::Held
    } else if !standing.is_proven() {
        Way::Unproven
    } else if standing.row.pin_locked_at.is_some() {
        Way::Locked
    } else if !asks_current && !standing.is_confirmed {
        Way::Unconfirmed
    } else {
        Way::Open
    }
}

fn current(flash: &Flash) -> Field {
    Field::pin("current_pin", text::my::pin::current())
        .required()
        .filled(flash)
}

fn fields(flash: &Flash) -> [Field; 2] {
    let new = Field::pin("pin_code", text::my::pin::new()).hint(text::my::pin::hint());
    let again = Field::pin("pin_code_confirm", text::my::pin::again());
    [new, again].map(|field| field.required().filled(flash))
}

/// What the form of the PIN sends.
#[derive(Debug, Deserialize)]
struct PinForm {
    current_pin: Option<Secret>,
    pin_code: Option<Secret>,
    pin_code_confirm: Option<Secret>,
}

/// `POST /account/pin`.
async fn set(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<PinForm>,
) -> Redirected {
    match accounts.set_pin_typed(&ctx, form).await {
        Ok(next) => next.done(text::my::pin::done()),
        Err(fault) => Tab::Pin.refused(at_field(fault), NOTHING),
    }
}

/// Says at the field of the old PIN what is wrong with it.
fn at_field(fault: Fault) -> Fault {
    match fault {
        Fault::InvalidPin => Fault::field("/current_pin", "pin_wrong"),
        Fault::Locked => Fault::field("/current_pin", "pin_locked"),
        other => other,
    }
}

impl Accounts {
    /// Sets the PIN as it was typed, and answers what to do next: pair a phone, where there is none.
    async fn set_pin_typed(&self, ctx: &Ctx, form: PinForm) -> Result<Tab, Fault> {
        let new = needed("/pin_code", form.pin_code)?;
        if form.pin_code_confirm.as_ref() != Some(&new) {
            return Err(Fault::field("/pin_code_confirm", "pin_confirm_differs"));
        }
        let current = given(form.current_pin);
        let current = current.map(|pin| typed("/current_pin", &pin)).transpose()?;
        let new = typed("/pin_code", &new)?;
        self.set_pin(ctx, &new, current.as_ref()).await?;
        let standing = self.my_standing(ctx).await?;
        Ok(if standing.devices == 0 {
            Tab::Devices
        } else {
            Tab::Pin
        })
    }
}
