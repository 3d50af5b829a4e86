//! A person's history over HTTP.

use axum::extract::State;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Json, Path, Query, Routes, SignedIn};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::rules::{HistoryIn, Reason};
use super::service::{Detail, History, Request};
use super::store::MetRow;
use super::timeline::{Step, StepKind};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderId;
use crate::transaction::{Status, TransactionId};

/// The routes of the history.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new()
        .add(routes!(list), Access::SignedIn)
        .add(routes!(show), Access::SignedIn)
}

/// A request that a provider made about me.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryRequestOut {
    /// Its id.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// Who asked.
    #[schema(value_type = String)]
    provider_id: ProviderId,
    /// By the name in the database.
    provider_name: String,
    /// `PENDING`, `COMPLETED`, `FAILED` or `EXPIRED`, as is true now.
    #[schema(value_type = String)]
    status: Status,
    /// Why it failed: `denied`, `wrong_pin`, `not_confirmed` or `superseded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    reason: Option<Reason>,
    /// What the provider said it is for.
    binding_message: Option<String>,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when it counted.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

/// A provider that asked me.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetProviderOut {
    /// Its id.
    #[schema(value_type = String)]
    id: ProviderId,
    /// Its name.
    name: String,
}

/// A page of my requests, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryOut {
    /// At most 20.
    requests: Vec<HistoryRequestOut>,
    /// How many the filter lets through.
    total: u64,
    /// This page's number, where it was asked for by number.
    page: Option<u32>,
    /// How many numbered pages there are, at most 500.
    pages: u32,
    /// The `cursor` of the older page.
    next: Option<String>,
    /// The `cursor` of the newer page.
    previous: Option<String>,
    /// Everybody who ever asked, for the filter.
    providers: Vec<MetProviderOut>,
}

/// Something that happened to a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepOut {
    /// `requested`, `sent`, `shown`, `no_phone`; `approved`, `denied`, `wrong_pin`, `not_confirmed`, `superseded`,
    /// `expired`; `held`, `fetched`, `telling`, `told`, `refused`, `unreachable`, `given_up`.
    #[schema(value_type = String)]
    step: StepKind,
    /// When, where that was written down.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// The phone that approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<String>,
}

/// A request and what happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryDetailOut {
    /// The request.
    #[serde(flatten)]
    request: HistoryRequestOut,
    /// What happened, in order.
    timeline: Vec<StepOut>,
}

/// The requests that providers made about me.
#[utoipa::path(get, path = "/api/v1/me/history", tag = "me", params(
    ("state" = Option<String>, Query, description = "`PENDING`, `COMPLETED`, `FAILED` or `EXPIRED`"),
    ("provider" = Option<String>, Query, description = "The id of a provider"),
    ("from" = Option<String>, Query, description = "The first day, `YYYY-MM-DD`, in the organisation's time zone"),
    ("to" = Option<String>, Query, description = "The last day"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page, instead of `page`")),
    responses((status = 200, body = HistoryOut), Error))]
pub async fn list(
    State(identity): State<Identity>,
    ctx: Ctx,
    _caller: SignedIn,
    Query(input): Query<HistoryIn>,
) -> Result<Json<HistoryOut>, Error> {
    let (filter, page) = input.check()?;
    Ok(Json(identity.history(&ctx, filter, page).await?.into()))
}

/// One of them, and what happened to it.
#[utoipa::path(get, path = "/api/v1/me/history/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 200, body = HistoryDetailOut), Error))]
pub async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    _caller: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<HistoryDetailOut>, Error> {
    let id = id.parse().map_err(|_| Fault::UnknownTransaction)?;
    Ok(Json(identity.history_detail(&ctx, id).await?.into()))
}

impl From<Request> for HistoryRequestOut {
    fn from(request: Request) -> Self {
        Self {
            transaction_id: request.id,
            provider_id: request.provider,
            provider_name: request.provider_name,
            status: request.status,
            reason: request.reason,
            binding_message: request.message,
            created_at: request.created_at,
            expires_at: request.expires_at,
            ended_at: request.ended_at,
        }
    }
}

impl From<MetRow> for MetProviderOut {
    fn from(row: MetRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
        }
    }
}

impl From<History> for HistoryOut {
    fn from(history: History) -> Self {
        let page = history.page;
        Self {
            requests: page.items.into_iter().map(Into::into).collect(),
            total: history.total,
            page: history.number,
            pages: history.pages,
            next: page.next,
            previous: page.previous,
            providers: history.met.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Step> for StepOut {
    fn from(step: Step) -> Self {
        Self {
            step: step.kind,
            at: step.at,
            device_name: step.device,
        }
    }
}

impl From<Detail> for HistoryDetailOut {
    fn from(detail: Detail) -> Self {
        Self {
            request: detail.request.into(),
            timeline: detail.steps.into_iter().map(Into::into).collect(),
        }
    }
}
