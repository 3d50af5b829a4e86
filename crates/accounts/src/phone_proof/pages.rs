//! `/account/phone`: a code is sent to the number, and comes back.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, Ctx, Field, Flash, Flashed, Form, Page, Redirected, Routes, SignedIn};
use serde::Deserialize;

use super::under_way::UnderWay;
use crate::account::my::{NOTHING, Standing, Tab, given, needed};
use crate::config::SmsChannel;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::phone::PhoneNumber;
use crate::pin::PinCode;
use crate::text;

/// The pages about one's own number.
pub(crate) fn routes() -> Routes<Accounts> {
    let path = Tab::Phone.path();
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(Method::POST, path, send, Access::SignedIn)
        .page(
            Method::POST,
            "/account/phone/again",
            again,
            Access::SignedIn,
        )
        .page(
            Method::POST,
            "/account/phone/verify",
            verify,
            Access::SignedIn,
        )
}

/// Where text messages go.
enum Messages {
    /// To phones.
    Sent,
    /// Nowhere: they are simulated.
    Simulated,
    /// To a page of the demo.
    Shown,
}

#[derive(Template)]
#[template(path = "account/phone.html")]
struct Body {
    tab: Tab,
    masked: Option<String>,
    proven_at: Option<Timestamp>,
    under_way: Option<UnderWay>,
    code: Field,
    number: Field,
    pin: Option<Field>,
    is_held: bool,
    is_confirmed: bool,
    is_wrong: bool,
    messages: Messages,
    confirm: String,
}

impl Messages {
    const fn are_sent(&self) -> bool {
        matches!(self, Self::Sent)
    }

    const fn are_shown(&self) -> bool {
        matches!(self, Self::Shown)
    }
}

impl Body {
    /// Whether a proven number stands that another would replace.
    const fn is_proven(&self) -> bool {
        self.proven_at.is_some()
    }

    /// Whether the form of the number is shown at once, and not behind a word.
    const fn is_number_open(&self) -> bool {
        self.is_wrong || (self.under_way.is_none() && self.masked.is_none())
    }

    /// Whether to prove the number that was registered is the next thing to do.
    const fn is_this_first(&self) -> bool {
        self.under_way.is_none() && !self.is_proven()
    }
}

/// `GET /account/phone`.
async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let standing = accounts.my_standing(&ctx).await?;
    let under_way = accounts.my_proof(&ctx).await?;
    let body = body(standing, under_way, accounts.messages(), &flash);
    Ok(Tab::page(
        text::my::phone::title(),
        text::my::phone::purpose(),
        body,
    ))
}

fn body(
    standing: Standing,
    under_way: Option<UnderWay>,
    messages: Messages,
    flash: &Flash,
) -> Body {
    let code = Field::new("code", text::my::phone::code())
        .autocomplete("one-time-code")
        .inputmode("numeric")
        .longest(6);
    let asks_pin = standing.is_proven() && standing.has_pin();
    let pin = Field::pin("pin_code", text::my::pin::current());
    let wrong = |name: &str| flash.error(name).is_some();
    Body {
        tab: Tab::Phone,
        proven_at: standing.row.phone_proven_at,
        masked: standing.row.phone_masked,
        under_way,
        code: code.required().filled(flash),
        number: Field::phone("phone_number", text::my::phone::number())
            .required()
            .filled(flash),
        pin: asks_pin.then(|| pin.required().filled(flash)),
        is_held: standing.is_held,
        is_confirmed: standing.is_confirmed,
        is_wrong: wrong("phone_number") || wrong("pin_code"),
        messages,
        confirm: Tab::Phone.confirm(),
    }
}

/// What the form of the number sends.
#[derive(Debug, Deserialize)]
struct NumberForm {
    phone_number: Option<Secret>,
    pin_code: Option<Secret>,
}

/// `POST /account/phone`: a code goes to the number.
async fn send(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<NumberForm>,
) -> Redirected {
    let typed = form.phone_number.as_ref().map(Secret::expose);
    let typed = typed.unwrap_or_default().to_owned();
    answered(accounts.send_typed(&ctx, form).await, typed)
}

/// `POST /account/phone/again`: a code goes to the number that stands.
async fn again(State(accounts): State<Accounts>, ctx: Ctx, _: SignedIn) -> Redirected {
    answered(accounts.prove_my_phone_again(&ctx).await, String::new())
}

fn answered(sent: Result<Timestamp, Fault>, typed: String) -> Redirected {
    match sent {
        Ok(_) => Tab::Phone.done(text::my::phone::sent()),
        Err(fault) => Tab::Phone.refused(at_field(fault), [("phone_number", typed)]),
    }
}

/// Says at the field of the PIN what is wrong with it.
fn at_field(fault: Fault) -> Fault {
    match fault {
        Fault::InvalidPin => Fault::field("/pin_code", "pin_wrong"),
        Fault::Locked => Fault::field("/pin_code", "pin_locked"),
        other => other,
    }
}

/// What the form of the code sends.
#[derive(Debug, Deserialize)]
struct CodeForm {
    code: Option<Secret>,
}

/// `POST /account/phone/verify`: the number is proven.
async fn verify(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<CodeForm>,
) -> Redirected {
    match accounts.verify_typed(&ctx, form.code).await {
        Ok(next) => next.done(text::my::phone::done()),
        Err(fault) => Tab::Phone.refused(fault, NOTHING),
    }
}

impl Accounts {
    fn messages(&self) -> Messages {
        match self.config.sms {
            SmsChannel::Http => Messages::Sent,
            SmsChannel::Simulated if self.demo => Messages::Shown,
            SmsChannel::Simulated => Messages::Simulated,
        }
    }

    async fn send_typed(&self, ctx: &Ctx, form: NumberForm) -> Result<Timestamp, Fault> {
        let phone = needed("/phone_number", form.phone_number)?;
        let phone = PhoneNumber::parse(phone.expose())
            .map_err(|fault| Fault::field("/phone_number", fault.code()))?;
        let pin = given(form.pin_code)
            .map(|pin| PinCode::parse(pin.expose()))
            .transpose()
            .map_err(|fault| Fault::field("/pin_code", fault.code()))?;
        self.start_phone_proof(ctx, &phone, pin.as_ref()).await
    }

    /// Takes the code back as it was typed, and answers what to do next: set a PIN, where there is none.
    async fn verify_typed(&self, ctx: &Ctx, code: Option<Secret>) -> Result<Tab, Fault> {
        let code = needed("/code", code)?;
        let code = Secret::new(code.expose().trim().to_owned());
        self.verify_phone(ctx, code).await?;
        let standing = self.my_standing(ctx).await?;
        Ok(if standing.has_pin() {
            Tab::Phone
        } else {
            Tab::Pin
        })
    }
}
