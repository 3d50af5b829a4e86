//! Statistics over HTTP.

use axum::extract::State;
use axum::http::HeaderMap;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Json, Path, Query, Routes};
use serde::Deserialize;
use utoipa_axum::routes;

use super::service::ServiceStatistics;
use crate::context::Identity;

/// How many days are told where none are asked for.
const DAYS: u32 = 30;

/// The routes of statistics, each with who may call it.
pub(crate) fn routes() -> Routes<Identity> {
    Routes::new().add(routes!(service), Access::Client)
}

/// How far back.
#[derive(Debug, Default, Deserialize)]
pub struct StatisticsIn {
    /// How many days, today included.
    days: Option<u32>,
}

/// What became of a provider's requests, day by day: for the provider itself, its service_admin and administrators.
#[utoipa::path(get, path = "/api/v1/stats/service/{service_id}", tag = "providers",
    params(("service_id" = String, Path, description = "The provider's id or client id"),
        ("days" = Option<u32>, Query, minimum = 1, maximum = 366, description = "How many days, today included; 30 where left out")),
    responses((status = 200, body = ServiceStatistics), Error))]
pub async fn service(
    State(identity): State<Identity>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(service_id): Path<String>,
    Query(input): Query<StatisticsIn>,
) -> Result<Json<ServiceStatistics>, Error> {
    let by = identity.reader_of_statistics(&ctx, &headers).await?;
    let days = input.days.unwrap_or(DAYS);
    let told = identity
        .service_statistics(&by, &service_id, days, ctx.now)
        .await?;
    Ok(Json(told))
}
