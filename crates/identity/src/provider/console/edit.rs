//! `/admin/providers/{id}/edit`: what may be changed of a provider.

use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::ProviderManagement;
use hanok_web::error::Error;
use hanok_web::{Allowed, Caller, Ctx, Flashed, Form, Page, Path, Redirected, Routes};

use super::MANAGING;
use super::form::{Extent, FormBody, FormIn};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::by::By;
use crate::provider::store::ProviderId;
use crate::text;

/// The form.
const PATH: &str = "/admin/providers/{id}/edit";

/// The form and what it is sent to.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new()
        .page(Method::GET, PATH, show, MANAGING)
        .page(Method::POST, PATH, send, MANAGING)
}

fn address(id: ProviderId) -> String {
    format!("{}/edit", super::address(id))
}

/// `GET /admin/providers/{id}/edit`.
async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let detail = identity.show_provider(&ctx, &caller, id).await?;
    let extent = Extent {
        is_whole: manages_all(&caller),
        is_new: false,
        is_confirmed: identity.accounts.password_is_fresh(&ctx),
    };
    let ways = (address(id), super::address(id));
    let body = FormBody::new(Some(&detail.provider), extent, &flash, ways);
    let title = text::provider_form::edit_title(&detail.provider.name);
    Ok(super::page(
        title,
        text::provider_form::edit_purpose(),
        body,
    ))
}

/// `POST /admin/providers/{id}/edit`: on to the provider, or the form again.
async fn send(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Form(form): Form<FormIn>,
) -> Result<Redirected, Error> {
    match identity.change_from(&ctx, &caller, id, &form).await {
        Ok(()) => Ok(super::done(super::address(id), text::provider::saved())),
        Err(fault) => form.back(&address(id), fault),
    }
}

impl Identity {
    async fn change_from(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: ProviderId,
        form: &FormIn,
    ) -> Result<(), Fault> {
        let patch = form.patch(manages_all(caller))?;
        patch.check(self.http.policy())?;
        self.take_password(ctx, form.password.as_ref()).await?;
        let by = By::Person(caller.clone());
        self.change_provider(ctx, by, id, &patch).await.map(drop)
    }
}

/// Whether the caller manages every provider, not only their own.
pub(super) fn manages_all(caller: &Caller) -> bool {
    By::Person(caller.clone()).only_own().is_none()
}
