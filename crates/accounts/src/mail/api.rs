//! One's own address over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;

/// An address that the caller says is theirs.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EmailIn {
    /// `name@example.com`.
    email: String,
}

/// A letter is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmailOut {
    /// Until when its link counts.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Send a letter to my e-mail address; its link verifies the address.
#[utoipa::path(post, path = "/api/v1/me/email", tag = "me", responses((status = 202, body = EmailOut), Error))]
pub async fn start(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Json(input): Json<EmailIn>,
) -> Result<(StatusCode, Json<EmailOut>), Error> {
    let email = EmailAddress::parse(&input.email);
    let email = email.map_err(|fault| Fault::field("/email", fault.code()))?;
    let expires_at = accounts.start_email_proof(&ctx, &email).await?;
    Ok((StatusCode::ACCEPTED, Json(EmailOut { expires_at })))
}
