//! `/admin/providers/{id}/test`: what came of a test of the callback address.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hanok_accounts::permission::ProviderManagement;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Path, Redirected};

use crate::context::Identity;
use crate::delivery::trial::Trial;
use crate::provider::ProviderId;
use crate::provider::console::{self, address};
use crate::text;

#[derive(Template)]
#[template(path = "deliveries/trial.html")]
struct TrialBody {
    trial: Trial,
    back: String,
}

/// `GET /admin/providers/{id}/test`: nothing is tried by looking.
pub(super) async fn back(_: Allowed<ProviderManagement>, Path(id): Path<ProviderId>) -> Redirected {
    Redirected::to(address(id))
}

/// `POST /admin/providers/{id}/test`: the answer, or why there is none.
pub(super) async fn run(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<Response, Error> {
    let back = address(id);
    match identity.try_callback(&ctx, &caller, id).await {
        Ok(trial) => {
            let title = text::trial::title(&trial.provider_name);
            let body = TrialBody { trial, back };
            let page = console::page(title, text::trial::purpose(), body).unstored();
            Ok(page.into_response())
        }
        Err(fault) => Ok(console::refused(&back, fault)?.into_response()),
    }
}

impl TrialBody {
    fn milliseconds(&self) -> u128 {
        self.trial.took.as_millis()
    }
}
