//! Paired phones over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, Path, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{DeviceId, DeviceRow};
use crate::context::Accounts;
use crate::fault::Fault;

/// Asking for a pairing code.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct StartPairingIn {
    /// The caller's password, unless it was given in the last five minutes.
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
}

/// A pairing code of one use.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairingOut {
    /// What the QR code shows.
    pairing_code: String,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// A public key of P-256 (RFC 7517).
#[derive(Debug, Deserialize, ToSchema)]
pub struct Jwk {
    /// `EC`.
    pub(super) kty: String,
    /// `P-256`.
    pub(super) crv: String,
    /// The x coordinate, base64url.
    pub(super) x: String,
    /// The y coordinate, base64url.
    pub(super) y: String,
}

/// A phone that presents a pairing code.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PairIn {
    /// The code.
    #[schema(value_type = String)]
    pub(super) pairing_code: Secret,
    /// The phone's public key.
    #[serde(deserialize_with = "hanok_web::extract::object")]
    pub(super) public_key: Jwk,
    /// What its owner calls it.
    pub(super) name: String,
}

/// A phone was paired.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairOut {
    /// The phone's id, for `X-Device-Id`.
    #[schema(value_type = String)]
    device_id: DeviceId,
}

/// A paired phone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceOut {
    /// Its id.
    #[schema(value_type = String)]
    id: DeviceId,
    /// Its name.
    name: String,
    /// When it was paired.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last signed.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<DeviceRow> for DeviceOut {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// Every paired phone of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct DevicesOut {
    /// The phones, the newest first.
    devices: Vec<DeviceOut>,
}

/// Make a pairing code for a new phone.
#[utoipa::path(post, path = "/api/v1/me/devices", tag = "me", request_body = inline(Option<StartPairingIn>), responses((status = 201, body = PairingOut), Error))]
pub async fn start_pairing(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    input: Option<Json<StartPairingIn>>,
) -> Result<(StatusCode, Json<PairingOut>), Error> {
    let input = input.map(|Json(input)| input).unwrap_or_default();
    let (code, expires_at) = accounts
        .start_pairing(&ctx, input.password.as_ref())
        .await?;
    let out = PairingOut {
        pairing_code: code.expose().to_owned(),
        expires_at,
    };
    Ok((StatusCode::CREATED, Json(out)))
}

/// Pair the phone that scanned the code.
#[utoipa::path(post, path = "/api/v1/devices/pair", tag = "phone", responses((status = 201, body = PairOut), Error))]
pub async fn pair(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Json(input): Json<PairIn>,
) -> Result<(StatusCode, Json<PairOut>), Error> {
    let device_id = accounts.pair_device(&ctx, input).await?;
    Ok((StatusCode::CREATED, Json(PairOut { device_id })))
}

/// My paired phones.
#[utoipa::path(get, path = "/api/v1/me/devices", tag = "me", responses((status = 200, body = DevicesOut), Error))]
pub async fn devices(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
) -> Result<Json<DevicesOut>, Error> {
    let devices = accounts
        .my_devices(&ctx)
        .await?
        .into_iter()
        .map(DeviceOut::from)
        .collect();
    Ok(Json(DevicesOut { devices }))
}

/// One of my paired phones.
#[utoipa::path(get, path = "/api/v1/me/devices/{id}", tag = "me", params(("id" = String, Path)), responses((status = 200, body = DeviceOut), Error))]
pub async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Path(id): Path<DeviceId>,
) -> Result<Json<DeviceOut>, Error> {
    let found = accounts
        .my_devices(&ctx)
        .await?
        .into_iter()
        .find(|row| row.id == id);
    Ok(Json(found.map(DeviceOut::from).ok_or(Fault::NotFound)?))
}

/// Let one of my phones go.
#[utoipa::path(delete, path = "/api/v1/me/devices/{id}", tag = "me", params(("id" = String, Path)), responses((status = 204), Error))]
pub async fn revoke(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Path(id): Path<DeviceId>,
) -> Result<StatusCode, Error> {
    accounts.revoke_device(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
