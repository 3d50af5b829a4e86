//! Deliveries over HTTP, and the test of a callback address.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Access, Allowed, Ctx, Json, Path, Permission, Query, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::rules::DeliveriesIn;
use super::service::{Deliveries, Detail};
use super::store::{AttemptRow, DeliveryRow};
use super::trial::Trial;
use crate::callback::{DeliveryId, DeliveryState};
use crate::context::Identity;
use crate::provider::ProviderId;
use crate::transaction::TransactionId;

/// The routes of deliveries.
pub(super) fn routes() -> Routes<Identity> {
    let managing = Access::Permission(ProviderManagement::NAME);
    Routes::new()
        .add(routes!(list), managing)
        .add(routes!(show), managing)
        .add(routes!(replay), managing)
        .add(routes!(replay_all), managing)
        .add(routes!(try_callback), managing)
}

/// What became of telling a provider of one transaction's end.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryOut {
    /// Its id.
    #[schema(value_type = String)]
    id: DeliveryId,
    /// What was to be told of.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// `HELD` (the provider fetches), `QUEUED`, `DELIVERED` or `DEAD` (given up).
    #[schema(value_type = String)]
    state: DeliveryState,
    /// When the transaction ended.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// How often it was tried.
    attempts: i64,
    /// When the provider took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    /// What the provider answered last.
    last_status: Option<i64>,
    /// Why there was no answer, the last time.
    last_error: Option<String>,
}

/// A page of a provider's deliveries, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveriesOut {
    /// The deliveries.
    deliveries: Vec<DeliveryOut>,
    /// How many there are, counted up to 10,000.
    total: u64,
    /// How many were given up, counted so far too.
    dead: u64,
    /// The `cursor` of the page after.
    next: Option<String>,
    /// The `cursor` of the page before.
    previous: Option<String>,
}

/// One attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptOut {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How long it took.
    milliseconds: i64,
    /// What the provider answered.
    status: Option<i64>,
    /// Why there was no answer.
    error: Option<String>,
}

/// A delivery with its attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDetailOut {
    /// The delivery.
    #[serde(flatten)]
    delivery: DeliveryOut,
    /// Each attempt, in order.
    tries: Vec<AttemptOut>,
}

/// How many deliveries are queued again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedOut {
    /// How many.
    replayed: u64,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialOut {
    /// Whether the provider answered 2xx.
    taken: bool,
    /// What it answered.
    status: Option<u16>,
    /// The beginning of its answer, at most 4 KiB, as text.
    answer: Option<String>,
    /// Why there was no answer.
    error: Option<String>,
    /// How long it took.
    milliseconds: u64,
}

/// What a provider was told, the newest first.
#[utoipa::path(get, path = "/api/v1/providers/{id}/deliveries", tag = "providers", params(("id" = String, Path),
    ("state" = Option<String>, Query, description = "`HELD`, `QUEUED`, `DELIVERED` or `DEAD`"),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = DeliveriesOut), Error))]
pub async fn list(
    State(identity): State<Identity>,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Query(asked): Query<DeliveriesIn>,
) -> Result<Json<DeliveriesOut>, Error> {
    let (state, page) = asked.check()?;
    let found = identity.deliveries(&caller, id, state, page).await?;
    Ok(Json(found.into()))
}

/// One of them, with its attempts.
#[utoipa::path(get, path = "/api/v1/providers/{id}/deliveries/{delivery}", tag = "providers",
    params(("id" = String, Path), ("delivery" = String, Path)), responses((status = 200, body = DeliveryDetailOut), Error))]
pub async fn show(
    State(identity): State<Identity>,
    caller: Allowed<ProviderManagement>,
    Path((id, delivery)): Path<(ProviderId, DeliveryId)>,
) -> Result<Json<DeliveryDetailOut>, Error> {
    let detail = identity.delivery_detail(&caller, id, delivery).await?;
    Ok(Json(detail.into()))
}

/// Tell the provider again what was given up. The code was erased: it is told `"auth_code": null`.
#[utoipa::path(post, path = "/api/v1/providers/{id}/deliveries/{delivery}/replay", tag = "providers",
    params(("id" = String, Path), ("delivery" = String, Path)), responses((status = 202, body = ReplayedOut), Error))]
pub async fn replay(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path((id, delivery)): Path<(ProviderId, DeliveryId)>,
) -> Result<(StatusCode, Json<ReplayedOut>), Error> {
    identity
        .replay_delivery(&ctx, &caller, id, delivery)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(ReplayedOut { replayed: 1 })))
}

/// The same for everything that was given up.
#[utoipa::path(post, path = "/api/v1/providers/{id}/deliveries/replay", tag = "providers",
    params(("id" = String, Path)), responses((status = 202, body = ReplayedOut), Error))]
pub async fn replay_all(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<(StatusCode, Json<ReplayedOut>), Error> {
    let replayed = identity.replay_deliveries(&ctx, &caller, id).await?;
    Ok((StatusCode::ACCEPTED, Json(ReplayedOut { replayed })))
}

/// Post a test to the callback address: a JWE whose `status` is `TEST`. At most 6 a minute.
#[utoipa::path(post, path = "/api/v1/providers/{id}/test-callback", tag = "providers",
    params(("id" = String, Path)), responses((status = 200, body = TrialOut), Error))]
pub async fn try_callback(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<Json<TrialOut>, Error> {
    Ok(Json(identity.try_callback(&ctx, &caller, id).await?.into()))
}

impl From<DeliveryRow> for DeliveryOut {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id,
            transaction_id: row.transaction_id,
            state: row.state,
            created_at: row.created_at,
            attempts: row.attempts,
            delivered_at: row.delivered_at,
            last_status: row.last_status,
            last_error: row.last_error,
        }
    }
}

impl From<Deliveries> for DeliveriesOut {
    fn from(found: Deliveries) -> Self {
        Self {
            deliveries: found.page.items.into_iter().map(Into::into).collect(),
            total: found.total,
            dead: found.dead,
            next: found.page.next,
            previous: found.page.previous,
        }
    }
}

impl From<AttemptRow> for AttemptOut {
    fn from(row: AttemptRow) -> Self {
        Self {
            at: row.at,
            milliseconds: row.milliseconds,
            status: row.status,
            error: row.error,
        }
    }
}

impl From<Detail> for DeliveryDetailOut {
    fn from(detail: Detail) -> Self {
        Self {
            delivery: detail.delivery.into(),
            tries: detail.attempts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Trial> for TrialOut {
    fn from(trial: Trial) -> Self {
        let milliseconds = u64::try_from(trial.took.as_millis()).unwrap_or(u64::MAX);
        let taken = trial.is_taken();
        let (answered, error) = match trial.answer {
            Ok(answered) => (Some(answered), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            taken,
            status: answered.as_ref().map(|answered| answered.status),
            answer: answered.map(|answered| answered.text),
            error,
            milliseconds,
        }
    }
}
