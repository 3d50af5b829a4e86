//! Providers over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hanok_accounts::permission::ProviderManagement;
use hanok_base::Secret;
use hanok_db::PageRequest;
use hanok_db::paging::{MAX_LIMIT, PagingError};
use hanok_web::error::{Error, FieldError};
use hanok_web::{Access, Allowed, Ctx, Json, Path, Permission, Query, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::by::By;
use super::client::credentials;
use super::input::{ProviderIn, ProviderPatch};
use super::output::{
    CreatedKeyOut, CreatedProviderOut, CreatedSecretOut, KeyOut, ProviderDetailOut, ProviderOut,
    ProvidersOut,
};
use super::store::ProviderId;
use crate::context::Identity;
use crate::fault::Fault;

/// The routes of providers, each with who may call it.
pub fn routes() -> Routes<Identity> {
    let managing = Access::Permission(ProviderManagement::NAME);
    Routes::new()
        .add(routes!(list, create), managing)
        .add(routes!(show, change), managing)
        .add(routes!(announce_key), managing)
        .add(routes!(activate_key), Access::Client)
        .add(routes!(retire_key), managing)
        .add(routes!(set_owner), managing)
        .add(routes!(rotate_secret), managing)
}

/// Which page of the list.
#[derive(Debug, Default, Deserialize)]
pub struct PageIn {
    /// `next` or `previous` of another page.
    cursor: Option<String>,
    /// How many providers a page has.
    limit: Option<u32>,
}

impl PageIn {
    fn request(&self) -> Result<PageRequest, Fault> {
        PageRequest::new(self.limit, self.cursor.as_deref()).map_err(|fault| match fault {
            PagingError::Limit => {
                let field = FieldError::new("/limit", "out_of_range");
                Fault::fields(vec![field.arg("min", 1).arg("max", MAX_LIMIT)])
            }
            PagingError::Cursor | PagingError::Number => Fault::field("/cursor", "cursor_unknown"),
        })
    }
}

/// How a secret is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RotateSecretIn {
    /// Hours that the secret before still counts: 24 where left out, at most 720; 0 ends it now.
    #[schema(minimum = 0, maximum = 720)]
    overlap_hours: Option<u32>,
}

/// Who looks after a provider from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OwnerIn {
    /// A username; `null` for nobody.
    username: Option<String>,
}

/// A provider's credentials, where it sends them neither by header nor by HTTP Basic.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ClientIn {
    /// The client id.
    client_id: Option<String>,
    /// The secret.
    #[schema(value_type = Option<String>)]
    client_secret: Option<Secret>,
}

/// The providers that I may manage.
#[utoipa::path(get, path = "/api/v1/providers", tag = "providers", params(("cursor" = Option<String>, Query, description = "`next` or `previous` of another page"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)), responses((status = 200, body = ProvidersOut), Error))]
pub async fn list(
    State(identity): State<Identity>,
    caller: Allowed<ProviderManagement>,
    Query(page): Query<PageIn>,
) -> Result<Json<ProvidersOut>, Error> {
    let page = identity.page_of_providers(&caller, page.request()?).await?;
    Ok(Json(page.into()))
}

/// Make a provider. Its secret and its first key are shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/providers", tag = "providers", responses((status = 201, body = CreatedProviderOut), Error))]
pub async fn create(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Json(input): Json<ProviderIn>,
) -> Result<(StatusCode, Json<CreatedProviderOut>), Error> {
    let created = identity.create_own_provider(&ctx, &caller, &input).await?;
    Ok((StatusCode::CREATED, Json(created.into())))
}

/// A provider, with its keys and secrets but not their values.
#[utoipa::path(get, path = "/api/v1/providers/{id}", tag = "providers", params(("id" = String, Path)), responses((status = 200, body = ProviderDetailOut), Error))]
pub async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<Json<ProviderDetailOut>, Error> {
    let detail = identity.show_provider(&ctx, &caller, id).await?;
    Ok(Json(detail.into()))
}

/// Change a provider.
#[utoipa::path(patch, path = "/api/v1/providers/{id}", tag = "providers", params(("id" = String, Path)), responses((status = 200, body = ProviderOut), Error))]
pub async fn change(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Json(patch): Json<ProviderPatch>,
) -> Result<Json<ProviderOut>, Error> {
    let row = identity
        .change_provider(&ctx, By::Person(caller.clone()), id, &patch)
        .await?;
    Ok(Json(row.into()))
}

/// Announce a new key. Its value is shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/providers/{id}/keys", tag = "providers", params(("id" = String, Path)), responses((status = 201, body = CreatedKeyOut), Error))]
pub async fn announce_key(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<(StatusCode, Json<CreatedKeyOut>), Error> {
    let key = identity
        .announce_key(&ctx, By::Person(caller.clone()), id)
        .await?;
    Ok((StatusCode::CREATED, Json(key.into())))
}

/// Bring an announced key into use: by the provider itself, or by whoever manages it.
#[utoipa::path(post, path = "/api/v1/providers/{id}/keys/{kid}/activate", tag = "providers", request_body = inline(Option<ClientIn>), params(("id" = String, Path), ("kid" = String, Path)), responses((status = 200, body = KeyOut), Error))]
pub async fn activate_key(
    State(identity): State<Identity>,
    ctx: Ctx,
    manager: Result<Allowed<ProviderManagement>, Error>,
    Path((id, kid)): Path<(ProviderId, String)>,
    headers: HeaderMap,
    body: Option<Json<ClientIn>>,
) -> Result<Json<KeyOut>, Error> {
    let body = body.map(|Json(body)| body).unwrap_or_default();
    let pair = body
        .client_id
        .as_deref()
        .zip(body.client_secret.as_ref().map(Secret::expose));
    let by = match credentials(&headers, pair) {
        Some(given) => By::Provider(identity.authenticate_client(&ctx, Some(given)).await?.id),
        None => By::Person(manager?.clone()),
    };
    let key = identity.activate_key(&ctx, by, id, kid).await?;
    Ok(Json(key.into()))
}

/// Replace the client secret. The new one is shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/providers/{id}/secrets", tag = "providers", request_body = inline(Option<RotateSecretIn>), params(("id" = String, Path)), responses((status = 201, body = CreatedSecretOut), Error))]
pub async fn rotate_secret(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    input: Option<Json<RotateSecretIn>>,
) -> Result<(StatusCode, Json<CreatedSecretOut>), Error> {
    let overlap = input
        .map(|Json(input)| input)
        .unwrap_or_default()
        .overlap_hours;
    let created = identity
        .rotate_secret(&ctx, By::Person(caller.clone()), id, overlap)
        .await?;
    Ok((StatusCode::CREATED, Json(created.into())))
}

/// Retire a key before its time: one that is announced and shall not come, or one that is retiring.
#[utoipa::path(post, path = "/api/v1/providers/{id}/keys/{kid}/retire", tag = "providers", params(("id" = String, Path), ("kid" = String, Path)), responses((status = 200, body = KeyOut), Error))]
pub async fn retire_key(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path((id, kid)): Path<(ProviderId, String)>,
) -> Result<Json<KeyOut>, Error> {
    let by = By::Person(caller.clone());
    Ok(Json(identity.retire_key(&ctx, by, id, kid).await?.into()))
}

/// Hand a provider over. Only those may who manage all.
#[utoipa::path(put, path = "/api/v1/providers/{id}/owner", tag = "providers", params(("id" = String, Path)), responses((status = 200, body = ProviderOut), Error))]
pub async fn set_owner(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Json(input): Json<OwnerIn>,
) -> Result<Json<ProviderOut>, Error> {
    let (by, name) = (By::Person(caller.clone()), input.username.as_deref());
    let row = identity.set_provider_owner(&ctx, by, id, name).await?;
    Ok(Json(row.into()))
}
