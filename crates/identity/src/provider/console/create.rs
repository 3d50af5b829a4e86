//! `/admin/providers/new`: a new provider, whose secret and key are shown in the answer and never again.

use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_accounts::permission::ProviderManagement;
use hanok_web::error::Error;
use hanok_web::{Allowed, Caller, Ctx, Flashed, Form, Page, Routes};

use super::form::{Extent, FormBody, FormIn};
use super::{MANAGING, once};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::create::CreatedProvider;
use crate::text;

/// The form.
pub(super) const PATH: &str = "/admin/providers/new";

/// The form and what it is sent to.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new()
        .page(Method::GET, PATH, show, MANAGING)
        .page(Method::POST, PATH, send, MANAGING)
}

/// `GET /admin/providers/new`.
async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    _: Allowed<ProviderManagement>,
    Flashed(flash): Flashed,
) -> Page {
    let extent = Extent {
        is_whole: true,
        is_new: true,
        is_confirmed: identity.accounts.password_is_fresh(&ctx),
    };
    let ways = (PATH.to_owned(), super::PATH.to_owned());
    let body = FormBody::new(None, extent, &flash, ways);
    super::page(
        text::provider_form::new_title(),
        text::provider_form::new_purpose(),
        body,
    )
}

/// `POST /admin/providers/new`: what is shown once, or the form again.
async fn send(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Form(form): Form<FormIn>,
) -> Result<Response, Error> {
    match identity.create_from(&ctx, &caller, &form).await {
        Ok(created) => Ok(once::provider(&created).into_response()),
        Err(fault) => Ok(form.back(PATH, fault)?.into_response()),
    }
}

impl Identity {
    async fn create_from(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        form: &FormIn,
    ) -> Result<CreatedProvider, Fault> {
        let input = form.new_provider()?;
        // What is wrong with the rest is said before a password is counted.
        input.check(self.http.policy())?;
        self.take_password(ctx, form.password.as_ref()).await?;
        self.create_own_provider(ctx, caller, &input).await
    }
}
