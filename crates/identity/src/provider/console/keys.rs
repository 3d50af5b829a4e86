//! A provider's keys and secrets: announced, brought into use, retired, replaced.

use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_accounts::permission::ProviderManagement;
use hanok_web::error::{Error, FieldError};
use hanok_web::{Allowed, Ctx, Form, Path, Redirected, Routes};
use serde::Deserialize;

use super::{MANAGING, address, done, once, refused};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::by::By;
use crate::provider::store::ProviderId;
use crate::text;

const KEYS: &str = "/admin/providers/{id}/keys";
const SECRETS: &str = "/admin/providers/{id}/secrets";

/// What the forms of the keys and secrets are sent to; who opens such an address is led to the provider.
pub(super) fn routes() -> Routes<Identity> {
    let activate = "/admin/providers/{id}/keys/{kid}/activate";
    let retire = "/admin/providers/{id}/keys/{kid}/retire";
    Routes::new()
        .page(Method::GET, KEYS, back, MANAGING)
        .page(Method::POST, KEYS, announce, MANAGING)
        .page(Method::POST, activate, bring_into_use, MANAGING)
        .page(Method::POST, retire, end, MANAGING)
        .page(Method::GET, SECRETS, back, MANAGING)
        .page(Method::POST, SECRETS, replace, MANAGING)
}

/// `GET`: a value is shown once; who asks again is led back.
async fn back(_: Allowed<ProviderManagement>, Path(id): Path<ProviderId>) -> Redirected {
    Redirected::to(address(id))
}

/// `POST /admin/providers/{id}/keys`: a new key, shown this once.
async fn announce(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<Response, Error> {
    let by = By::Person(caller.clone());
    match identity.announce_key(&ctx, by, id).await {
        Ok(key) => Ok(once::key(id, &key).into_response()),
        Err(fault) => Ok(refused(&address(id), fault)?.into_response()),
    }
}

/// `POST /admin/providers/{id}/keys/{kid}/activate`.
async fn bring_into_use(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path((id, kid)): Path<(ProviderId, String)>,
) -> Result<Redirected, Error> {
    let by = By::Person(caller.clone());
    match identity.activate_key(&ctx, by, id, kid).await {
        Ok(_) => Ok(done(address(id), text::provider_keys::activated())),
        Err(fault) => refused(&address(id), fault),
    }
}

/// `POST /admin/providers/{id}/keys/{kid}/retire`.
async fn end(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path((id, kid)): Path<(ProviderId, String)>,
) -> Result<Redirected, Error> {
    let by = By::Person(caller.clone());
    match identity.retire_key(&ctx, by, id, kid).await {
        Ok(_) => Ok(done(address(id), text::provider_keys::ended())),
        Err(fault) => refused(&address(id), fault),
    }
}

/// What the form for a new secret sends.
#[derive(Debug, Deserialize)]
struct SecretIn {
    overlap_hours: Option<String>,
}

impl SecretIn {
    /// The hours; anything that is no number is none that may be set.
    fn hours(&self) -> Result<Option<u32>, Fault> {
        let typed = self.overlap_hours.as_deref().map(str::trim);
        let typed = typed.filter(|typed| !typed.is_empty());
        let fault = |_| {
            let fault = FieldError::new("/overlap_hours", "out_of_range").arg("min", 0);
            Fault::fields(vec![fault.arg("max", 720)])
        };
        typed.map(str::parse).transpose().map_err(fault)
    }
}

/// `POST /admin/providers/{id}/secrets`: a new secret, shown this once.
async fn replace(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Form(form): Form<SecretIn>,
) -> Result<Response, Error> {
    let hours = form.hours()?;
    let by = By::Person(caller.clone());
    match identity.rotate_secret(&ctx, by, id, hours).await {
        Ok(created) => Ok(once::secret(id, created).into_response()),
        Err(fault) => Ok(refused(&address(id), fault)?.into_response()),
    }
}
