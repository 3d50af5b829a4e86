//! The trail over HTTP, and at its older address.

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use hanok_accounts::audit::AuditId;
use hanok_accounts::permission::AuditRead;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use utoipa_axum::routes;

use super::READING;
use super::output::{AuditLogOut, AuditLogsOut, OlderLogsOut};
use super::rules::AuditIn;
use super::service::AuditPage;
use crate::context::People;
use crate::fault::Fault;

/// The routes.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(list), READING)
        .add(routes!(show), READING)
        .undocumented(Method::GET, "/api/admin/audit-logs", get(older), READING)
}

/// Search the audit trail, the newest first: all of it, or the rows of my own providers. Reading it is on the trail.
#[utoipa::path(get, path = "/api/v1/audit-logs", tag = "audit", params(
    ("person" = Option<String>, Query, description = "Who did it or whom it concerns, by username or id"),
    ("action" = Option<String>, Query, description = "`USER_LOGIN`, `ADMIN_ACTION` and the like, in either case"),
    ("address" = Option<String>, Query, description = "An IP address"),
    ("request_id" = Option<String>, Query, description = "The id of a request, as every answer carries it"),
    ("from" = Option<String>, Query, description = "The first day, `YYYY-MM-DD`, in the organisation's time zone"),
    ("to" = Option<String>, Query, description = "The last day"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page")),
    responses((status = 200, body = AuditLogsOut), Error))]
pub async fn list(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AuditRead>,
    Query(input): Query<AuditIn>,
) -> Result<Json<AuditLogsOut>, Error> {
    let found = found(&people, &ctx, &caller, &input).await?;
    Ok(Json(found.page.into()))
}

/// A row of the audit trail.
#[utoipa::path(get, path = "/api/v1/audit-logs/{id}", tag = "audit", params(("id" = String, Path)),
    responses((status = 200, body = AuditLogOut), Error))]
pub async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AuditRead>,
    Path(id): Path<AuditId>,
) -> Result<Json<AuditLogOut>, Error> {
    Ok(Json(people.audit_log(&ctx, &caller, id).await?.into()))
}

/// The same rows, with the keys of before besides.
async fn older(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AuditRead>,
    Query(input): Query<AuditIn>,
) -> Result<Json<OlderLogsOut>, Error> {
    let found = found(&people, &ctx, &caller, &input).await?;
    Ok(Json(found.page.into()))
}

async fn found(
    people: &People,
    ctx: &Ctx,
    caller: &Allowed<AuditRead>,
    input: &AuditIn,
) -> Result<AuditPage, Fault> {
    let (asked, page) = input.check(&people.accounts.organisation.get().zone)?;
    people.audit_logs(ctx, caller, asked, page, false).await
}
