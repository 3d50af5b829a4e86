//! `/setup`: the form of the first start.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use hanok_base::Secret;
use hanok_base::i18n::{Locale, Text};
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{
    Access, Ctx, Field, FieldError, Flash, Flashed, Form, Layout, OwnPage, Page, Query, Redirected,
    Routes,
};
use jiff::civil::Date;
use serde::Deserialize;

use super::service::CodeWorth;
use super::zones;
use crate::account::{NewAccount, RegisterIn};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::organisation::NewOrganisation;
use crate::text;

const PATH: &str = "/setup";
/// Where a form goes back to whose link is spent: it keeps what was typed and asks for a new link.
const SPENT: &str = "/setup?code=spent";

/// The page and what its form sends.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new()
        .page(Method::GET, PATH, show, Access::Public)
        .page(Method::POST, PATH, send, Access::Public)
}

#[derive(Deserialize)]
struct CodeIn {
    code: Option<Secret>,
}

/// What the form sends.
#[derive(Deserialize)]
struct SetupForm {
    code: Option<Secret>,
    organisation: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    name: Option<String>,
    user_id: Option<String>,
    password: Option<Secret>,
    password_confirm: Option<Secret>,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupBody {
    /// The code of the link, where it counts.
    code: Option<Secret>,
    /// Where a new link is typed, where it does not.
    new_link: Field,
    organisation: Field,
    zones: Vec<String>,
    zone: String,
    zone_fault: Option<Text>,
    languages: [(Locale, &'static str); 2],
    language: Locale,
    fields: Vec<Field>,
}

impl SetupBody {
    fn filled(code: Option<Secret>, locale: Locale, flash: &Flash) -> Self {
        let zone = Some(flash.value("time_zone")).filter(|zone| !zone.is_empty());
        let new_password = |name, label| Field::password(name, label, "new-password").required();
        let fields = [
            Field::new("name", text::register::name())
                .autocomplete("name")
                .required(),
            Field::new("user_id", text::register::user_id())
                .autocomplete("username")
                .hint(text::register::user_id_hint())
                .required(),
            new_password("password", text::register::password())
                .hint(text::register::password_hint()),
            new_password("password_confirm", text::register::password_confirm()),
        ];
        Self {
            code,
            new_link: Field::new("code", text::setup::new_link())
                .hint(text::setup::new_link_hint())
                .required(),
            organisation: Field::new("organisation", text::setup::organisation())
                .autocomplete("organization")
                .hint(text::setup::organisation_hint())
                .required()
                .filled(flash),
            zones: zones::offered(),
            zone: zone.unwrap_or(zones::FIRST).to_owned(),
            zone_fault: flash.error("time_zone").cloned(),
            languages: [(Locale::Ko, "한국어"), (Locale::En, "English")],
            language: flash.value("language").parse().unwrap_or(locale),
            fields: fields.map(|field| field.filled(flash)).into(),
        }
    }
}

#[derive(Template)]
#[template(path = "setup_over.html")]
struct OverBody;

/// `GET /setup?code=…`: the form; not found without a code. One that counts no more says what to do instead.
async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Flashed(flash): Flashed,
    Query(query): Query<CodeIn>,
) -> Result<Page, Error> {
    let code = query.code.filter(|code| !code.is_empty());
    let code = code.ok_or_else(Error::not_found)?;
    let page = match accounts.setup_code(&ctx, &code).await? {
        CodeWorth::Counts => form_page(SetupBody::filled(Some(code), ctx.locale, &flash)),
        CodeWorth::Spent => {
            form_page(SetupBody::filled(None, ctx.locale, &flash)).status(StatusCode::GONE)
        }
        CodeWorth::Over => Page::new(text::setup::title(), OverBody).status(StatusCode::GONE),
    };
    Ok(page.layout(Layout::Card).unstored())
}

fn form_page(body: SetupBody) -> Page {
    Page::new(text::setup::title(), body).purpose(text::setup::purpose())
}

/// `POST /setup`: on to the dashboard, signed in; else back to the form.
async fn send(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: OwnPage,
    Form(form): Form<SetupForm>,
) -> Result<Redirected, Error> {
    let code = form.code().ok_or_else(Error::not_found)?;
    let typed = form.typed();
    let spent = |typed| Redirected::to(SPENT).flash(Flash::default().with_values(typed));
    if accounts.setup_code(&ctx, &code).await? != CodeWorth::Counts {
        return Ok(spent(typed));
    }
    let done = match form.checked(accounts.today(ctx.now)) {
        Ok((house, first)) => accounts.set_up(&ctx, &code, house, first).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(token) => Ok(Redirected::to("/dashboard")
            .cookie(Accounts::session_cookie(&token))
            .flash(Flash::success(text::setup::done()))),
        Err(Fault::NotFound) => Ok(spent(typed)),
        Err(fault) => {
            // The code counts, so it is one of ours: nothing in it needs encoding.
            let back = format!("{PATH}?code={}", code.expose());
            Ok(Redirected::failed(back, fault.into(), typed))
        }
    }
}

impl SetupForm {
    /// The code, out of a whole link too; `None` where none was sent.
    fn code(&self) -> Option<Secret> {
        let sent = self.code.as_ref()?.expose().trim();
        let code = sent.rsplit_once("code=").map_or(sent, |(_, code)| code);
        (!code.is_empty()).then(|| Secret::new(code.to_owned()))
    }

    /// What was typed, for the form that shows it again.
    fn typed(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("organisation", &self.organisation),
            ("time_zone", &self.time_zone),
            ("language", &self.language),
            ("name", &self.name),
            ("user_id", &self.user_id),
        ];
        let given = fields.into_iter();
        given
            .filter_map(|(name, value)| Some((name, value.clone()?)))
            .collect()
    }

    /// Every field checked, every fault told at once.
    fn checked(self, today: Date) -> Result<(NewOrganisation, NewAccount), Fault> {
        let house = NewOrganisation::parse(
            self.organisation.as_deref().unwrap_or_default(),
            self.time_zone.as_deref().unwrap_or(zones::FIRST),
            self.language.as_deref().unwrap_or_default(),
        );
        let account = RegisterIn::typed_twice(
            self.user_id,
            self.name,
            self.password,
            self.password_confirm,
        );
        match (house, account.check(today)) {
            (Ok(house), Ok(first)) => Ok((house, first)),
            (house, first) => Err(both(house.err(), first.err())),
        }
    }
}

/// What is wrong with either.
fn both(house: Option<Vec<FieldError>>, first: Option<Fault>) -> Fault {
    let mut faults = house.unwrap_or_default();
    match first {
        Some(Fault::Fields(fields)) => faults.extend(fields),
        Some(other) => return other,
        None => {}
    }
    Fault::Fields(faults)
}
