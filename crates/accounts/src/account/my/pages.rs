//! `/account`: who one is, what is set up and what is missing.

use askama::Template;
use axum::extract::State;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{
    Caller, Ctx, Field, Flash, Flashed, Form, Locale, Page, Redirected, SignedIn, Theme,
};
use serde::Deserialize;

use super::profile::Profile;
use super::{Standing, Tab};
use crate::account::AccountRow;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::{mail, role, text};

#[derive(Template)]
#[template(path = "account/profile.html")]
struct Body {
    tab: Tab,
    row: AccountRow,
    roles: Vec<Text>,
    own_roles: Vec<String>,
    birthdate: Option<String>,
    proofs: Vec<Proof>,
    form: Option<[Field; 2]>,
    confirm: String,
    languages: [(&'static str, &'static str, bool); 2],
    themes: [(&'static str, Text, bool); 3],
}

/// Something that is set up, or not yet.
struct Proof {
    icon: &'static str,
    name: Text,
    note: Text,
    is_done: bool,
    way: Option<(Text, &'static str)>,
}

/// `GET /account`.
pub(super) async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    caller: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let standing = accounts.my_standing(&ctx).await?;
    let (roles, own_roles) = role_names(&caller);
    let body = Body {
        tab: Tab::Profile,
        roles,
        own_roles,
        birthdate: accounts.birthdate_shown(&standing)?,
        proofs: proofs(&standing),
        form: standing.is_confirmed.then(|| form(&standing, &flash)),
        confirm: Tab::Profile.confirm(),
        languages: languages(ctx.locale),
        themes: themes(&caller),
        row: standing.row,
    };
    Ok(Tab::page(
        text::my::profile::title(),
        text::my::profile::purpose(),
        body,
    ))
}

/// What the form of the profile sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProfileForm {
    name: String,
    birthdate: String,
}

/// `POST /account`.
pub(super) async fn change(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Form(form): Form<ProfileForm>,
) -> Redirected {
    let changed = match Profile::read(accounts.today(ctx.now), &form.name, &form.birthdate) {
        Ok(profile) => accounts.change_profile(&ctx, profile).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => Tab::Profile.done(text::my::profile::done()),
        Err(fault) => {
            let typed = [("name", form.name), ("birthdate", form.birthdate)];
            Tab::Profile.refused(fault, typed)
        }
    }
}

fn form(standing: &Standing, flash: &Flash) -> [Field; 2] {
    let birthdate = Field::new("birthdate", text::my::profile::birthdate())
        .kind("date")
        .autocomplete("bday");
    let birthdate = if standing.sealed.birthdate.is_some() {
        birthdate.hint(text::my::profile::birthdate_kept())
    } else {
        birthdate
    };
    let name = Field::new("name", text::my::profile::name())
        .autocomplete("name")
        .value(standing.row.name.as_str())
        .required();
    [name.filled(flash), birthdate.filled(flash)]
}

/// The caller's roles: the built in ones in words, and those of the organisation by their names.
fn role_names(caller: &Caller) -> (Vec<Text>, Vec<String>) {
    let mut own = Vec::new();
    let mut known = Vec::new();
    for name in caller.roles.iter() {
        match name.as_str() {
            role::SUPER_ADMIN => known.push(text::role::super_admin()),
            "admin" => known.push(text::role::admin()),
            "service_admin" => known.push(text::role::service_admin()),
            "manager" => known.push(text::role::manager()),
            "auditor" => known.push(text::role::auditor()),
            role::USER => known.push(text::role::user()),
            other => own.push(other.to_owned()),
        }
    }
    (known, own)
}

fn languages(current: Locale) -> [(&'static str, &'static str, bool); 2] {
    [(Locale::Ko, "한국어"), (Locale::En, "English")]
        .map(|(locale, name)| (locale.as_str(), name, locale == current))
}

fn themes(caller: &Caller) -> [(&'static str, Text, bool); 3] {
    let system = ("system", text::my::profile::theme_system(), None);
    let light = (
        "light",
        text::my::profile::theme_light(),
        Some(Theme::Light),
    );
    let dark = ("dark", text::my::profile::theme_dark(), Some(Theme::Dark));
    [system, light, dark].map(|(word, name, theme)| (word, name, theme == caller.theme))
}

fn proofs(standing: &Standing) -> Vec<Proof> {
    vec![
        email(standing),
        phone(standing),
        pin(standing),
        devices(standing),
    ]
}

fn email(standing: &Standing) -> Proof {
    let masked = standing.row.email_masked.as_deref();
    let is_done = standing.row.email_verified_at.is_some();
    let word = if is_done {
        text::my::proofs::change()
    } else {
        text::my::proofs::prove()
    };
    Proof {
        icon: "mail",
        name: text::my::proofs::email(),
        note: match masked {
            Some(masked) if is_done => text::my::proofs::email_verified(masked),
            Some(masked) => text::my::proofs::email_unverified(masked),
            None => text::my::proofs::email_none(),
        },
        is_done,
        way: Some((word, mail::pages::EMAIL)),
    }
}

fn phone(standing: &Standing) -> Proof {
    let masked = standing.row.phone_masked.as_deref();
    let is_done = standing.is_proven();
    let word = if is_done {
        text::my::proofs::change()
    } else {
        text::my::proofs::prove()
    };
    Proof {
        icon: "phone",
        name: text::my::proofs::phone(),
        note: match masked {
            Some(masked) if is_done => text::my::proofs::phone_proven(masked),
            Some(masked) => text::my::proofs::phone_unproven(masked),
            None => text::my::proofs::phone_none(),
        },
        is_done,
        way: Some((word, Tab::Phone.path())),
    }
}

fn pin(standing: &Standing) -> Proof {
    let (note, word) = match (standing.has_pin(), standing.row.pin_locked_at.is_some()) {
        (true, true) => (text::my::proofs::pin_locked(), text::my::proofs::unlock()),
        (true, false) => (text::my::proofs::pin_set(), text::my::proofs::change()),
        (false, _) => (text::my::proofs::pin_none(), text::my::proofs::set()),
    };
    Proof {
        icon: "lock",
        name: text::my::proofs::pin(),
        note,
        is_done: standing.has_pin() && standing.row.pin_locked_at.is_none(),
        way: Some((word, Tab::Pin.path())),
    }
}

fn devices(standing: &Standing) -> Proof {
    let is_done = standing.devices > 0;
    let (note, word) = if is_done {
        (
            text::my::proofs::devices(standing.devices),
            text::my::proofs::see(),
        )
    } else {
        (text::my::proofs::devices_none(), text::my::proofs::pair())
    };
    Proof {
        icon: "device-mobile",
        name: text::my::proofs::devices_name(),
        note,
        is_done,
        way: Some((word, Tab::Devices.path())),
    }
}

impl Accounts {
    /// The birthdate as its owner's page shows it: the year alone.
    fn birthdate_shown(&self, standing: &Standing) -> Result<Option<String>, Fault> {
        let sealed = standing.sealed.birthdate.as_deref();
        let birthdate = sealed.map(|sealed| self.birthdate_of(standing.row.id, sealed));
        Ok(birthdate.transpose()?.map(|date| date.masked()))
    }
}
