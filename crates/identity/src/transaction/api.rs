//! Transactions over HTTP.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hanok_accounts::pin::PinCode;
use hanok_base::Secret;
use hanok_base::secret::sha256;
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, Path, RawJson};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::confirm::Confirmation;
use super::idempotency::{self, IdempotencyKey};
use super::pending::PendingOut;
use super::result::ResultIn;
use super::rules::RequestIn;
use super::status::StatusOut;
use super::store::TransactionId;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{ProviderRow, client};

/// A transaction that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestOut {
    /// Its id.
    transaction_id: String,
    /// `PENDING`.
    status: String,
    /// Until when it counts.
    #[schema(format = DateTime)]
    expires_at: String,
    /// The same in seconds from now.
    expires_in: u64,
    /// Seconds between two status calls.
    interval: u32,
    /// The number the provider shows; the person picks it on the phone.
    binding_code: String,
}

/// What a person sends to approve.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConfirmIn {
    /// Which transaction.
    transaction_id: String,
    /// The PIN.
    #[schema(value_type = String)]
    pin_code: Secret,
    /// The number the provider shows.
    binding_code: Option<String>,
}

/// What a person sends to deny.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DenyIn {
    /// Which transaction.
    transaction_id: String,
}

/// Where a transaction stands after the person acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActedOut {
    /// `COMPLETED` or `FAILED`.
    status: &'static str,
}

/// What waits for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingListOut {
    /// The requests, the newest first.
    requests: Vec<PendingOut>,
}

/// Ask who a person is.
#[utoipa::path(post, path = "/api/v1/auth/request", tag = "identity", request_body = RequestIn,
    params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = RequestOut), Error))]
pub async fn request(
    State(identity): State<Identity>,
    ctx: Ctx,
    headers: HeaderMap,
    body: Result<RawJson, Error>,
) -> Result<Response, Error> {
    let provider = identity.client(&ctx, &headers, body.as_ref().ok()).await?;
    let body = body?;
    let key = idempotency::header(&headers)?;
    let key = key.map(|key| IdempotencyKey {
        key,
        body_hash: sha256(&body.0),
    });
    let answer = identity
        .request(&ctx, provider, &body.parse()?, key)
        .await?;
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((StatusCode::CREATED, json, answer).into_response())
}

/// Approve a request, as the person.
#[utoipa::path(post, path = "/api/v1/auth/confirm", tag = "phone", request_body = ConfirmIn,
    security(("deviceSignature" = []), ("bearer" = [])), responses((status = 200, body = ActedOut), Error))]
pub async fn confirm(
    State(identity): State<Identity>,
    ctx: Ctx,
    body: Result<Json<ConfirmIn>, Error>,
) -> Result<Json<ActedOut>, Error> {
    let approver = identity.approver(&ctx)?;
    let Json(input) = body?;
    let pin = PinCode::parse(input.pin_code.expose())
        .map_err(|fault| Fault::field("/pin_code", fault.code()))?;
    let transaction = transaction_id(&input.transaction_id)?;
    identity
        .confirm(
            &ctx,
            approver,
            Confirmation {
                transaction,
                pin,
                binding_code: input.binding_code,
            },
        )
        .await?;
    Ok(Json(ActedOut {
        status: "COMPLETED",
    }))
}

/// Deny a request, as the person.
#[utoipa::path(post, path = "/api/v1/auth/deny", tag = "phone", request_body = DenyIn,
    security(("deviceSignature" = []), ("bearer" = [])), responses((status = 200, body = ActedOut), Error))]
pub async fn deny(
    State(identity): State<Identity>,
    ctx: Ctx,
    body: Result<Json<DenyIn>, Error>,
) -> Result<Json<ActedOut>, Error> {
    let approver = identity.approver(&ctx)?;
    let Json(input) = body?;
    identity
        .deny(&ctx, approver, transaction_id(&input.transaction_id)?)
        .await?;
    Ok(Json(ActedOut { status: "FAILED" }))
}

/// Where a provider's transaction stands.
#[utoipa::path(get, path = "/api/v1/auth/status/{transaction_id}", tag = "identity",
    params(("transaction_id" = String, Path)), responses((status = 200, body = StatusOut), Error))]
pub async fn status(
    State(identity): State<Identity>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<StatusOut>, Error> {
    let provider = identity.client(&ctx, &headers, None).await?;
    let id = id.parse().map_err(|_| Fault::UnknownTransaction)?;
    Ok(Json(identity.status(&ctx, &provider, id).await?))
}

/// What waits for me.
#[utoipa::path(get, path = "/api/v1/auth/pending", tag = "phone", responses((status = 200, body = PendingListOut), Error))]
pub async fn pending(
    State(identity): State<Identity>,
    ctx: Ctx,
) -> Result<Json<PendingListOut>, Error> {
    Ok(Json(PendingListOut {
        requests: identity.pending(&ctx).await?,
    }))
}

/// Fetch a result, once.
#[utoipa::path(post, path = "/api/v1/auth/result", tag = "identity", request_body = ResultIn,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = String, content_type = "application/jose"), Error))]
pub async fn result(
    State(identity): State<Identity>,
    ctx: Ctx,
    headers: HeaderMap,
    body: Result<RawJson, Error>,
) -> Result<Response, Error> {
    let provider = identity.client(&ctx, &headers, body.as_ref().ok()).await?;
    let input = body?.parse()?;
    let token = identity
        .result(&ctx, &provider, input, idempotency::header(&headers)?)
        .await?;
    Ok((
        [(CONTENT_TYPE, HeaderValue::from_static("application/jose"))],
        token,
    )
        .into_response())
}

fn transaction_id(text: &str) -> Result<TransactionId, Fault> {
    text.parse().map_err(|_| Fault::UnknownTransaction)
}

/// Client credentials inside a body that may be anything.
#[derive(Default, Deserialize)]
#[serde(default)]
struct BodyCredentials {
    client_id: String,
    client_secret: Secret,
}

impl Identity {
    async fn client(
        &self,
        ctx: &Ctx,
        headers: &HeaderMap,
        body: Option<&RawJson>,
    ) -> Result<ProviderRow, Fault> {
        let in_body: Option<BodyCredentials> =
            body.and_then(|body| serde_json::from_slice(&body.0).ok());
        let in_body = in_body
            .as_ref()
            .map(|body| (body.client_id.as_str(), body.client_secret.expose()));
        let credentials = client::credentials(headers, in_body.filter(|(id, _)| !id.is_empty()));
        self.authenticate_client(ctx, credentials).await
    }
}
