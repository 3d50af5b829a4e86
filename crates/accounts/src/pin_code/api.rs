//! The PIN over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::Secret;
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, SignedIn};
use serde::Deserialize;
use utoipa::ToSchema;

use super::service::typed;
use crate::context::Accounts;

/// A new PIN.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PinIn {
    /// Six digits that are hard to guess.
    #[schema(value_type = String, example = "304958")]
    pin_code: Secret,
    /// The PIN until now, where there is one.
    #[schema(value_type = Option<String>)]
    current_pin: Option<Secret>,
}

/// Set my PIN.
///
/// The access tokens of the account, also the one that asks, are good no longer; its sessions stay. Refresh the token.
#[utoipa::path(put, path = "/api/v1/me/pin", tag = "me", responses((status = 204), Error))]
pub async fn set_pin(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Json(input): Json<PinIn>,
) -> Result<StatusCode, Error> {
    let new = typed("/pin_code", &input.pin_code)?;
    let current = input
        .current_pin
        .as_ref()
        .map(|pin| typed("/current_pin", pin))
        .transpose()?;
    accounts.set_pin(&ctx, &new, current.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
