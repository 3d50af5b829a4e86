//! The requests of everybody over HTTP.

use axum::extract::State;
use hanok_accounts::AccountId;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::MANAGING;
use super::rules::TransactionsIn;
use super::service::{Detail, Listed, Listing, Person};
use crate::context::Identity;
use crate::fault::Fault;
use crate::history::api::StepOut;
use crate::history::rules::Reason;
use crate::provider::ProviderId;
use crate::transaction::{Status, TransactionId};

/// The routes.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new()
        .add(routes!(list), MANAGING)
        .add(routes!(show), MANAGING)
}

/// Who was asked, masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedPersonOut {
    /// The account.
    #[schema(value_type = String)]
    id: AccountId,
    /// The name to sign in with.
    username: String,
    /// The person's name.
    name: String,
    /// `010-****-5678`.
    phone_masked: Option<String>,
}

/// A request that a provider made.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionOut {
    /// Its id.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// Who asked.
    #[schema(value_type = String)]
    provider_id: ProviderId,
    /// By the name in the database.
    provider_name: String,
    /// Who was asked: `null` where nobody has the number. Those who manage only their own providers learn it of
    /// whoever approved.
    person: Option<AskedPersonOut>,
    /// `PENDING`, `COMPLETED`, `FAILED` or `EXPIRED`, as is true now.
    #[schema(value_type = String)]
    status: Status,
    /// Why it failed: `denied`, `wrong_pin`, `not_confirmed`, `superseded` or `withdrawn`.
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

/// A page of requests, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionsOut {
    /// The requests.
    transactions: Vec<TransactionOut>,
    /// How many the filters let through, counted up to 1,000.
    total: u64,
    /// Whether there are more than were counted.
    total_is_at_least: bool,
    /// The `cursor` of the older page.
    next: Option<String>,
    /// The `cursor` of the newer page.
    previous: Option<String>,
}

/// A request and what happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionDetailOut {
    /// The request.
    #[serde(flatten)]
    transaction: TransactionOut,
    /// What happened, in order.
    timeline: Vec<StepOut>,
}

/// The requests of the providers that I manage.
#[utoipa::path(get, path = "/api/v1/transactions", tag = "providers", params(
    ("state" = Option<String>, Query, description = "`PENDING`, `COMPLETED`, `FAILED` or `EXPIRED`"),
    ("provider" = Option<String>, Query, description = "The id of a provider"),
    ("person" = Option<String>, Query, description = "Who was asked, by username"),
    ("from" = Option<String>, Query, description = "The first day, `YYYY-MM-DD`, in the organisation's time zone"),
    ("to" = Option<String>, Query, description = "The last day"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page")),
    responses((status = 200, body = TransactionsOut), Error))]
pub async fn list(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Query(input): Query<TransactionsIn>,
) -> Result<Json<TransactionsOut>, Error> {
    let (asked, page) = input.check()?;
    let found = identity.transactions(&ctx, &caller, asked, page).await?;
    Ok(Json(found.into()))
}

/// One of them, and what happened to it.
#[utoipa::path(get, path = "/api/v1/transactions/{id}", tag = "providers", params(("id" = String, Path)),
    responses((status = 200, body = TransactionDetailOut), Error))]
pub async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<String>,
) -> Result<Json<TransactionDetailOut>, Error> {
    let id = id.parse().map_err(|_| Fault::UnknownTransaction)?;
    let detail = identity.transaction_detail(&ctx, &caller, id).await?;
    Ok(Json(detail.into()))
}

impl From<Person> for AskedPersonOut {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            username: person.username,
            name: person.name,
            phone_masked: person.phone,
        }
    }
}

impl From<Listed> for TransactionOut {
    fn from(Listed { request, person }: Listed) -> Self {
        Self {
            transaction_id: request.id,
            provider_id: request.provider,
            provider_name: request.provider_name,
            person: person.map(Into::into),
            status: request.status,
            reason: request.reason,
            binding_message: request.message,
            created_at: request.created_at,
            expires_at: request.expires_at,
            ended_at: request.ended_at,
        }
    }
}

impl From<Listing> for TransactionsOut {
    fn from(found: Listing) -> Self {
        Self {
            transactions: found.page.items.into_iter().map(Into::into).collect(),
            total: found.total,
            total_is_at_least: found.is_more,
            next: found.page.next,
            previous: found.page.previous,
        }
    }
}

impl From<Detail> for TransactionDetailOut {
    fn from(detail: Detail) -> Self {
        Self {
            transaction: detail.listed.into(),
            timeline: detail.steps.into_iter().map(Into::into).collect(),
        }
    }
}
