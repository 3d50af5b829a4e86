//! One's own record over HTTP.

use axum::extract::State;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Json, Query, Routes, SignedIn};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::service::{Record, RecordIn};
use crate::AccountId;
use crate::audit::AuditId;
use crate::audit::read::AuditLine;
use crate::context::Accounts;

/// The routes.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new().add(routes!(list), Access::SignedIn)
}

/// Something that was done by me, or to my account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyRecordOut {
    /// Its id.
    #[schema(value_type = String)]
    id: AuditId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What: `USER_LOGIN`, `DATA_REVEALED` and the like.
    action: String,
    /// Whether I did it myself.
    by_me: bool,
    /// Who did it, where that is a person.
    #[schema(value_type = Option<String>)]
    actor_id: Option<AccountId>,
    /// That person's name.
    actor_name: Option<String>,
    /// The provider it concerns.
    provider_name: Option<String>,
    /// Which value was looked at: `email`, `phone_number` or `birthdate`.
    field: Option<String>,
    /// Why it was looked at.
    reason: Option<String>,
    /// From where, of what I or nobody known did.
    address: Option<String>,
    /// With what.
    agent: Option<String>,
}

/// A page of my record, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyRecordsOut {
    /// The rows.
    records: Vec<MyRecordOut>,
    /// The `cursor` of the older page.
    next: Option<String>,
    /// The `cursor` of the newer page.
    previous: Option<String>,
}

/// What is recorded about me, and who looked at my data.
#[utoipa::path(get, path = "/api/v1/me/audit-logs", tag = "me", params(
    ("what" = Option<String>, Query, description = "`all` (the default), or `looks`: only where somebody else looked at my data"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page")),
    responses((status = 200, body = MyRecordsOut), Error))]
pub async fn list(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _caller: SignedIn,
    Query(input): Query<RecordIn>,
) -> Result<Json<MyRecordsOut>, Error> {
    let (looks, page) = (input.wants_looks()?, input.page()?);
    Ok(Json(
        accounts.my_record(&ctx, looks, page, false).await?.into(),
    ))
}

impl From<Record> for MyRecordsOut {
    fn from(record: Record) -> Self {
        let out = |line: AuditLine| MyRecordOut {
            by_me: line
                .actor
                .as_ref()
                .is_some_and(|actor| actor.id == record.account),
            field: line.detail("field").map(str::to_owned),
            reason: line.detail("reason").map(str::to_owned),
            id: line.id,
            at: line.at,
            action: line.action,
            actor_id: line.actor.as_ref().map(|actor| actor.id),
            actor_name: line
                .actor
                .and_then(|actor| actor.names)
                .map(|(name, _)| name),
            provider_name: line.provider.and_then(|provider| provider.name),
            address: line.address,
            agent: line.agent,
        };
        Self {
            records: record.page.items.into_iter().map(out).collect(),
            next: record.page.next,
            previous: record.page.previous,
        }
    }
}
