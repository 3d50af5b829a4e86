//! `/account/keys`: one's own API keys, a new one, and revoking one.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_base::i18n::Text;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::page::{Check, Choice, TextArea, filters};
use hanok_web::{
    Access, Allowed, Caller, Ctx, Field, Flash, Flashed, Form, Page, Path, Permission, Redirected,
    Routes, SignedIn,
};

use super::api::ApiKeyIn;
use super::rules::{NewApiKey, shown};
use super::store::{ApiKeyId, ApiKeyRow};
use crate::account::my::{NOTHING, Tab};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::permission::{self, ApiAccess};
use crate::text;

/// The days after which a key may end.
const DAYS: [&str; 3] = ["30", "90", "365"];

/// The pages about one's own keys.
pub(crate) fn routes() -> Routes<Accounts> {
    let path = Tab::Keys.path();
    let making = Access::Permission(ApiAccess::NAME);
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(Method::POST, path, create, making)
        .page(
            Method::POST,
            "/account/keys/{id}/revoke",
            revoke,
            Access::SignedIn,
        )
}

/// Whether a key can be made now.
enum Way {
    /// The person may not have any.
    Closed,
    /// As many were made as may be.
    Full,
    /// The password must be given first.
    Unconfirmed,
    /// One can be made, by this form.
    Open(Box<NewKey>),
}

/// The form of a new key.
struct NewKey {
    name: Field,
    expires: Choice,
    addresses: TextArea,
    permissions: Vec<Check>,
}

#[derive(Template)]
#[template(path = "account/keys.html")]
struct KeysBody {
    tab: Tab,
    way: Way,
    keys: Vec<Key>,
    confirm: String,
}

/// A key, as the list shows it.
struct Key {
    id: ApiKeyId,
    name: String,
    value: String,
    permissions: Vec<Text>,
    addresses: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    is_over: bool,
}

impl Key {
    fn new(row: ApiKeyRow, now: Timestamp) -> Self {
        let names = row.permissions.0.iter();
        Self {
            id: row.id,
            value: shown(&row.prefix),
            permissions: names.map(|name| permission::said(name)).collect(),
            addresses: row.address_allow_list.texts().join(", "),
            is_over: row.expires_at.is_some_and(|end| end <= now),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            name: row.name,
        }
    }
}

/// `GET /account/keys`.
async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    caller: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let keys = accounts.my_api_keys(&ctx).await?;
    let body = KeysBody {
        tab: Tab::Keys,
        way: accounts.key_way(&ctx, &caller, keys.len(), &flash).await?,
        keys: keys.into_iter().map(|row| Key::new(row, ctx.now)).collect(),
        confirm: Tab::Keys.confirm(),
    };
    let title = text::my::keys::title();
    Ok(Tab::page(title, text::my::keys::purpose(), body))
}

impl Accounts {
    async fn key_way(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        kept: usize,
        flash: &Flash,
    ) -> Result<Way, Fault> {
        let most = usize::try_from(self.config.api_keys_max).unwrap_or(usize::MAX);
        Ok(if !caller.permissions.contains(ApiAccess::NAME) {
            Way::Closed
        } else if kept >= most {
            Way::Full
        } else if self.my_standing(ctx).await?.is_confirmed {
            let known = self.known_permissions().iter().copied();
            let held = known.filter(|name| caller.permissions.contains(name));
            Way::Open(Box::new(NewKey::new(held, flash)))
        } else {
            Way::Unconfirmed
        })
    }
}

impl NewKey {
    fn new(held: impl Iterator<Item = &'static str>, flash: &Flash) -> Self {
        let expires = DAYS.iter().fold(
            Choice::new("expires_in_days", text::my::keys::expires()),
            |choice, days| choice.option(*days, text::my::keys::days(days)),
        );
        let expires = expires.option("", text::my::keys::never()).required();
        let boxes = held.map(|name| Check::new(name, permission::said(name)).filled(flash));
        Self {
            name: Field::new("name", text::my::keys::name())
                .hint(text::my::keys::name_hint())
                .longest(60)
                .required()
                .filled(flash),
            expires: expires.value("90").filled(flash),
            addresses: TextArea::new("address_allow_list", text::my::keys::addresses())
                .hint(text::my::keys::addresses_hint())
                .rows(3)
                .filled(flash),
            permissions: boxes.collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "account/key_made.html")]
struct MadeBody {
    tab: Tab,
    name: String,
    value: Secret,
    origin: String,
}

/// `POST /account/keys`: the value, shown this once.
async fn create(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: Allowed<ApiAccess>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let known = accounts.known_permissions();
    let made = match read(&sent, known, ctx.now) {
        Ok(new) => accounts.create_api_key(&ctx, new).await,
        Err(fault) => Err(fault),
    };
    let (row, value) = match made {
        Ok(made) => made,
        Err(Fault::Forbidden) => return Err(Fault::Forbidden.into()),
        Err(fault) => return Ok(Tab::Keys.refused(fault, sent).into_response()),
    };
    let body = MadeBody {
        tab: Tab::Keys,
        name: row.name,
        value,
        origin: accounts.origin.clone(),
    };
    let page = Tab::page(text::my::keys::made(), text::my::keys::made_purpose(), body);
    Ok(page.unstored().into_response())
}

/// What the form sent, checked, with every fault at a field of the form.
fn read(sent: &[(String, String)], known: &[&str], now: Timestamp) -> Result<NewApiKey, Fault> {
    let value = |name: &str| {
        let found = sent.iter().find(|(sent, _)| sent == name);
        found.map(|(_, value)| value.as_str())
    };
    let days = value("expires_in_days").unwrap_or_default();
    let expires_at = match days {
        "" => None,
        days if DAYS.contains(&days) => days.parse().ok().map(|days: u64| {
            let life = Duration::from_hours(24 * days);
            now.plus(life)
        }),
        _ => return Err(Fault::field("/expires_in_days", "invalid_value")),
    };
    let addresses = value("address_allow_list").unwrap_or_default();
    let addresses = addresses.split(|c: char| c == ',' || c.is_whitespace());
    let ticked = known.iter().filter(|name| value(name).is_some());
    let input = ApiKeyIn {
        name: value("name").unwrap_or_default().to_owned(),
        permissions: ticked.map(|name| (*name).to_owned()).collect(),
        address_allow_list: addresses
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect(),
        expires_at,
    };
    NewApiKey::check(input, known, now).map_err(at_fields)
}

/// Says of the whole list of addresses what is wrong with one entry.
fn at_fields(fault: Fault) -> Fault {
    let Fault::Fields(mut faults) = fault else {
        return fault;
    };
    for fault in &mut faults {
        if fault.pointer.starts_with("/address_allow_list/") {
            fault.pointer = Cow::Borrowed("/address_allow_list");
        }
    }
    faults.dedup();
    Fault::Fields(faults)
}

/// `POST /account/keys/{id}/revoke`: the key counts nowhere any more.
async fn revoke(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Path(id): Path<ApiKeyId>,
) -> Redirected {
    match accounts.revoke_api_key(&ctx, id).await {
        // What is gone already is as it was wished.
        Ok(()) | Err(Fault::NotFound) => Tab::Keys.done(text::my::keys::revoked()),
        Err(fault) => Tab::Keys.refused(fault, NOTHING),
    }
}
