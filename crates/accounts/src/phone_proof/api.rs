//! Proving a number over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::Accounts;
use crate::fault::Fault;
use crate::phone::PhoneNumber;
use crate::pin::PinCode;

/// A number that the caller says is theirs.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PhoneIn {
    /// `010-1234-5678`.
    #[schema(value_type = String)]
    phone_number: Secret,
    /// The PIN, to change a number that is proven.
    #[schema(value_type = Option<String>)]
    pin_code: Option<Secret>,
}

/// A code is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhoneOut {
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The code that came.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CodeIn {
    /// Six digits.
    #[schema(value_type = String)]
    code: Secret,
}

/// Send a code to my phone number.
#[utoipa::path(post, path = "/api/v1/me/phone", tag = "me", responses((status = 202, body = PhoneOut), Error))]
pub async fn start(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Json(input): Json<PhoneIn>,
) -> Result<(StatusCode, Json<PhoneOut>), Error> {
    let phone = PhoneNumber::parse(input.phone_number.expose());
    let phone = phone.map_err(|fault| Fault::field("/phone_number", fault.code()))?;
    let pin = input
        .pin_code
        .map(|pin| PinCode::parse(pin.expose()))
        .transpose();
    let pin = pin.map_err(|fault| Fault::field("/pin_code", fault.code()))?;
    let expires_at = accounts
        .start_phone_proof(&ctx, &phone, pin.as_ref())
        .await?;
    Ok((StatusCode::ACCEPTED, Json(PhoneOut { expires_at })))
}

/// Prove my phone number by the code that came.
#[utoipa::path(post, path = "/api/v1/me/phone/verify", tag = "me", responses((status = 204), Error))]
pub async fn verify(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Json(input): Json<CodeIn>,
) -> Result<StatusCode, Error> {
    accounts.verify_phone(&ctx, input.code).await?;
    Ok(StatusCode::NO_CONTENT)
}
