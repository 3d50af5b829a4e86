//! One's own API keys over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::{Access, Allowed, Ctx, Json, Path, Permission, Routes, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::rules::{NewApiKey, shown};
use super::store::{ApiKeyId, ApiKeyRow};
use crate::context::Accounts;
use crate::permission::ApiAccess;

/// The routes of one's own keys. Whoever may not have any any more still sees and revokes those they had.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new()
        .add(routes!(list), Access::SignedIn)
        .add(routes!(create), Access::Permission(ApiAccess::NAME))
        .add(routes!(revoke), Access::SignedIn)
}

/// An API key that is to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ApiKeyIn {
    /// What you call it.
    pub name: String,
    /// What it may do: no more than you may. A key without permissions reads what is yours.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Addresses and networks that it may be used from; none is any.
    #[serde(default)]
    #[schema(example = json!(["203.0.113.0/24"]))]
    pub address_allow_list: Vec<String>,
    /// When it ends, within ten years; left out, when it is revoked.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyOut {
    /// Its id.
    #[schema(value_type = String)]
    id: ApiKeyId,
    /// Its name.
    name: String,
    /// What its value begins with.
    prefix: String,
    /// What it may do, where its owner still may.
    permissions: Vec<String>,
    /// Addresses and networks that it may be used from; none is any.
    address_allow_list: Vec<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was last used, to within ten minutes.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<ApiKeyRow> for ApiKeyOut {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            prefix: shown(&row.prefix),
            name: row.name,
            permissions: row.permissions.0,
            address_allow_list: row.address_allow_list.texts(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// Every API key of the caller that is not revoked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeysOut {
    /// The keys, the newest first.
    keys: Vec<ApiKeyOut>,
}

/// An API key with its value.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedApiKeyOut {
    /// The key.
    #[serde(flatten)]
    about: ApiKeyOut,
    /// Its value, for `X-API-Key`. It is shown in this answer and never again.
    key: String,
}

impl CreatedApiKeyOut {
    fn new(row: ApiKeyRow, value: &Secret) -> Self {
        Self {
            about: row.into(),
            key: value.expose().to_owned(),
        }
    }
}

/// My API keys.
#[utoipa::path(get, path = "/api/v1/me/keys", tag = "me", responses((status = 200, body = ApiKeysOut), Error))]
pub async fn list(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
) -> Result<Json<ApiKeysOut>, Error> {
    let keys = accounts.my_api_keys(&ctx).await?.into_iter();
    Ok(Json(ApiKeysOut {
        keys: keys.map(ApiKeyOut::from).collect(),
    }))
}

/// Make an API key. Its value is shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/me/keys", tag = "me", responses((status = 201, body = CreatedApiKeyOut), Error))]
pub async fn create(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: Allowed<ApiAccess>,
    Json(input): Json<ApiKeyIn>,
) -> Result<impl IntoResponse, Error> {
    let new = NewApiKey::check(input, accounts.known_permissions(), ctx.now)?;
    let (row, value) = accounts.create_api_key(&ctx, new).await?;
    let out = Json(CreatedApiKeyOut::new(row, &value));
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], out))
}

/// Revoke one of my API keys; it counts nowhere any more.
#[utoipa::path(delete, path = "/api/v1/me/keys/{id}", tag = "me", params(("id" = String, Path)), responses((status = 204), Error))]
pub async fn revoke(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Path(id): Path<ApiKeyId>,
) -> Result<StatusCode, Error> {
    accounts.revoke_api_key(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
