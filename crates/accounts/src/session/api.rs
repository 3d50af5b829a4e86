//! How long a page's session lasts, for the warning before it ends.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, SignedIn};
use serde::Serialize;

use crate::context::Accounts;

/// Whether somebody is signed in here, and until when without a further request.
#[derive(Debug, Serialize)]
pub struct SessionOut {
    signed_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_expires_at: Option<Timestamp>,
}

/// `GET /session`: asking does not extend it.
pub async fn show(State(accounts): State<Accounts>, ctx: Ctx) -> Result<impl IntoResponse, Error> {
    let idle_expires_at = accounts.session_end(&ctx).await?;
    let out = SessionOut {
        signed_in: idle_expires_at.is_some(),
        idle_expires_at,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(out)))
}

/// `POST /session/extend`: "stay signed in".
pub async fn extend(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
) -> Result<StatusCode, Error> {
    accounts.extend_session(&ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}
