//! What of a provider is the organisation's to say: whether it receives CI, and who looks after it.

use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::ProviderManagement;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Form, Path, Redirected, Routes, codes};
use serde::Deserialize;

use super::{MANAGING, address, done, refused};
use crate::context::Identity;
use crate::provider::by::By;
use crate::provider::input::ProviderPatch;
use crate::provider::store::ProviderId;
use crate::text;

/// What the forms are sent to.
pub(super) fn routes() -> Routes<Identity> {
    let entitlement = "/admin/providers/{id}/entitlement";
    let owner = "/admin/providers/{id}/owner";
    Routes::new()
        .page(Method::POST, entitlement, entitle, MANAGING)
        .page(Method::POST, owner, hand_over, MANAGING)
}

/// What the form of the entitlement sends.
#[derive(Debug, Deserialize)]
struct EntitlementIn {
    /// `yes`, or anything else for no.
    entitled: Option<String>,
}

/// `POST /admin/providers/{id}/entitlement`.
async fn entitle(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Form(form): Form<EntitlementIn>,
) -> Result<Redirected, Error> {
    let wish = form.entitled.as_deref() == Some("yes");
    let patch = ProviderPatch {
        ci_entitled: Some(wish),
        ..ProviderPatch::default()
    };
    let by = By::Person(caller.clone());
    match identity.change_provider(&ctx, by, id, &patch).await {
        Ok(_) if wish => Ok(done(address(id), text::provider::entitled())),
        Ok(_) => Ok(done(address(id), text::provider::unentitled())),
        Err(fault) => refused(&address(id), fault),
    }
}

/// What the form of the owner sends.
#[derive(Debug, Deserialize)]
struct OwnerIn {
    username: Option<String>,
}

/// `POST /admin/providers/{id}/owner`: an empty name is nobody's.
async fn hand_over(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Form(form): Form<OwnerIn>,
) -> Result<Redirected, Error> {
    let typed = form.username.as_deref().map(str::trim);
    let typed = typed.filter(|typed| !typed.is_empty());
    let by = By::Person(caller.clone());
    let set = identity.set_provider_owner(&ctx, by, id, typed).await;
    match set.map_err(Error::from) {
        Ok(_) => Ok(done(address(id), text::provider::handed_over())),
        Err(error) if error.code() == codes::INVALID_REQUEST => {
            let typed = typed.map(|typed| ("username", typed));
            Ok(Redirected::failed(address(id), error, typed))
        }
        Err(error) => refused(&address(id), error),
    }
}
