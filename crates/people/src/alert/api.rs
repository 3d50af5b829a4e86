//! Alerts over HTTP.

use axum::extract::State;
use hanok_accounts::permission::AlertAcknowledge;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Path, Query, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::READING;
use super::output::{AlertOut, AlertsOut};
use super::rules::{self, AlertsIn};
use super::store::AlertId;
use crate::context::People;

/// The routes.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(list), READING)
        .add(routes!(show), READING)
        .add(routes!(acknowledge), READING)
}

/// What is said of an alert by who has looked at it.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct AcknowledgeIn {
    /// What it was, in 200 characters at most.
    note: Option<String>,
}

/// What somebody should look at, the newest first.
#[utoipa::path(get, path = "/api/v1/alerts", operation_id = "alerts", tag = "alerts", params(
    ("state" = Option<String>, Query, description = "`open` (the default), `acknowledged` or `all`"),
    ("kind" = Option<String>, Query, description = "`failed_sign_ins`, `failing_person`, `many_addresses` or `server_error`"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("per_page" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = AlertsOut), Error))]
pub async fn list(
    State(people): State<People>,
    _: Allowed<AlertAcknowledge>,
    Query(input): Query<AlertsIn>,
) -> Result<Json<AlertsOut>, Error> {
    let (filter, page) = input.check()?;
    Ok(Json(people.alerts(filter, page).await?.into()))
}

/// One alert.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", operation_id = "alert", tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, body = AlertOut), Error))]
pub async fn show(
    State(people): State<People>,
    _: Allowed<AlertAcknowledge>,
    Path(id): Path<AlertId>,
) -> Result<Json<AlertOut>, Error> {
    Ok(Json(people.alert(id).await?.into()))
}

/// Take note of an alert; 409 where somebody was first.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge", operation_id = "acknowledge_alert", tag = "alerts",
    request_body = inline(Option<AcknowledgeIn>), params(("id" = String, Path)),
    responses((status = 200, body = AlertOut), Error))]
pub async fn acknowledge(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AlertAcknowledge>,
    Path(id): Path<AlertId>,
    input: Option<Json<AcknowledgeIn>>,
) -> Result<Json<AlertOut>, Error> {
    let typed = input.and_then(|Json(input)| input.note).unwrap_or_default();
    let note = rules::note(&typed)?;
    let row = people.acknowledge_alert(&ctx, &caller, id, note).await?;
    Ok(Json(row.into()))
}
