//! Reports over HTTP, as JSON or as a file.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hanok_base::Timestamp;
use hanok_web::csv::Csv;
use hanok_web::error::Error;
use hanok_web::{Access, AllowedAny, Ctx, Json, Path, PermissionGroup, Query, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::kind::Kind;
use super::period::PeriodIn;
use super::told::{Form, Lines, Reporting, Told, may_export, owner};
use crate::context::Identity;
use crate::fault::Fault;

/// Who may read a report of their own providers at least.
pub(super) const READING: Access = Access::AnyOf(Reporting::NAMES);

/// The routes.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new().add(routes!(show), READING)
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportOut {
    /// Which one.
    #[schema(value_type = String)]
    report: Kind,
    /// The first moment that it tells of.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// The moment behind the last.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Its lines, whose keys depend on the report.
    #[schema(value_type = Vec<Object>)]
    rows: Lines,
}

/// A report: `provider-success`, `hours-of-today` and `provider-days` for my own providers or for all of them;
/// `failing-people`, `latest-completions`, `ci-di-reveals` and `many-addresses` for those who may make reports.
#[utoipa::path(get, path = "/api/v1/stats/{report}", tag = "providers", params(
    ("report" = String, Path, description = "The name of the report"),
    ("to" = Option<String>, Query, description = "The last day, `YYYY-MM-DD`, in the organisation's time zone; today where left out"),
    ("days" = Option<u32>, Query, minimum = 1, maximum = 90, description = "How many days, one of those that the report offers"),
    ("hour" = Option<u32>, Query, minimum = 0, maximum = 23, description = "The hour of that day, for `many-addresses`; the last one where left out"),
    ("format" = Option<String>, Query, description = "`json`, or `csv` for a file, which needs `data_export`")),
    responses((status = 200, content((ReportOut = "application/json"), (String = "text/csv"))), Error))]
pub async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: AllowedAny<Reporting>,
    Path(name): Path<String>,
    Query(asked): Query<PeriodIn>,
) -> Result<Response, Error> {
    let kind = named(&name)?;
    owner(&caller, kind)?;
    if asked.wants_file()? {
        let file = file(&identity, &ctx, &caller, &name, &asked).await?;
        return Ok(file.into_response());
    }
    let period = identity.period_of(kind, &asked, ctx.now)?;
    let told = identity.tell_report(&ctx, &caller, (kind, period), Form::Shown);
    Ok(Json(ReportOut::from(told.await?)).into_response())
}

/// The report of this name.
///
/// # Errors
/// Not found.
pub(super) fn named(name: &str) -> Result<Kind, Fault> {
    name.parse().map_err(|_| Fault::not_found())
}

/// The report of this name as a file.
///
/// # Errors
/// Not found; `Forbidden` without `data_export`; a wrong field; the store's.
pub(super) async fn file(
    identity: &Identity,
    ctx: &Ctx,
    caller: &AllowedAny<Reporting>,
    name: &str,
    asked: &PeriodIn,
) -> Result<Csv, Error> {
    may_export(caller)?;
    let kind = named(name)?;
    let period = identity.period_of(kind, asked, ctx.now)?;
    let told = identity.tell_report(ctx, caller, (kind, period), Form::File);
    Ok(told.await?.file(ctx.now, identity))
}

impl From<Told> for ReportOut {
    fn from(told: Told) -> Self {
        Self {
            report: told.kind,
            from: told.period.from,
            until: told.period.until,
            rows: told.lines,
        }
    }
}
