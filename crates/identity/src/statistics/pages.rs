//! `/admin/providers/{id}/statistics`: what became of a provider's requests, as a drawing and as a table.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::ProviderStatistics;
use hanok_base::i18n::Text;
use hanok_web::error::{Error, FieldError};
use hanok_web::page::{Choice, filters};
use hanok_web::{Access, Allowed, Ctx, Page, Path, Permission, Query, Routes};
use serde::Deserialize;

use super::service::{DayOut, ServiceStatistics};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::console::{self, Tab};
use crate::provider::{By, ProviderId, ProviderRow, find};
use crate::tally::Tally;
use crate::text;

/// How many days are told where none are asked for.
const DAYS: u32 = 30;
/// How many may be asked for on the page.
const PERIODS: [u32; 3] = [7, 30, 90];
/// The height of the drawing, in its own units.
const HEIGHT: f64 = 160.0;
/// The place of one day in it.
const STEP: u32 = 10;

/// The page.
pub(super) fn routes() -> Routes<Identity> {
    let reading = Access::Permission(ProviderStatistics::NAME);
    Routes::new().page(
        Method::GET,
        "/admin/providers/{id}/statistics",
        show,
        reading,
    )
}

/// How far back.
#[derive(Debug, Default, Deserialize)]
struct PeriodIn {
    days: Option<String>,
}

/// A day's bar: where it stands, and how high it and the approved part of it are.
struct Bar {
    x: u32,
    height: String,
    top: String,
    part: String,
    part_top: String,
    date: String,
    requests: i64,
    completed: i64,
}

#[derive(Template)]
#[template(path = "providers/statistics.html")]
struct StatisticsBody {
    tab: Tab,
    row: ProviderRow,
    days: Choice,
    told: ServiceStatistics,
    bars: Vec<Bar>,
    width: u32,
}

/// `GET /admin/providers/{id}/statistics`.
async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderStatistics>,
    Path(id): Path<ProviderId>,
    Query(asked): Query<PeriodIn>,
) -> Result<Page, Error> {
    let days = asked.days()?;
    let by = By::Person(caller.clone());
    let row = identity.reached(&by, id).await?;
    let told = identity
        .service_statistics(&by, &id.to_string(), days, ctx.now)
        .await?;
    let title = text::provider::title(&row.name);
    let body = StatisticsBody::new(row, told, days);
    Ok(console::page(
        title,
        text::provider_statistics::purpose(),
        body,
    ))
}

impl PeriodIn {
    fn days(&self) -> Result<u32, Fault> {
        let typed = self.days.as_deref().filter(|typed| !typed.is_empty());
        let days = typed.map_or(Some(DAYS), |typed| typed.parse().ok());
        days.filter(|days| PERIODS.contains(days)).ok_or_else(|| {
            let fault = FieldError::new("/days", "unknown_value");
            Fault::fields(vec![fault.arg("expected", "7, 30, 90")])
        })
    }
}

impl Identity {
    async fn reached(&self, by: &By, id: ProviderId) -> Result<ProviderRow, Fault> {
        let read = self
            .accounts
            .db
            .read(async move |conn| find(conn, id).await);
        let found = read.await?.filter(|row| by.reaches(row));
        found.ok_or_else(Fault::not_found)
    }
}

impl StatisticsBody {
    fn new(row: ProviderRow, told: ServiceStatistics, days: u32) -> Self {
        Self {
            tab: Tab::Statistics,
            row,
            days: periods(days),
            bars: bars(&told.daily),
            width: days * STEP,
            told,
        }
    }

    fn rate(tally: &Tally) -> String {
        if tally.total_requests == 0 {
            return "–".to_owned();
        }
        format!("{:.1}%", tally.success_rate)
    }

    fn seconds(tally: &Tally) -> Option<Text> {
        let seconds = tally.avg_processing_seconds?;
        Some(text::provider_statistics::seconds(format!("{seconds:.1}")))
    }
}

fn periods(days: u32) -> Choice {
    Choice::new("days", text::provider_statistics::period())
        .filter()
        .option("7", text::provider_statistics::days(7))
        .option("30", text::provider_statistics::days(30))
        .option("90", text::provider_statistics::days(90))
        .value(days.to_string())
}

/// The days as bars, the oldest at the left; the highest is as high as the drawing.
fn bars(daily: &[DayOut]) -> Vec<Bar> {
    let most = daily.iter().map(|day| day.tally.total_requests).max();
    let most = most.unwrap_or_default().max(1);
    let bar = |(day, x): (&DayOut, u32)| {
        let [height, part] =
            [day.tally.total_requests, day.tally.completed].map(|count| high(count, most));
        Bar {
            x,
            top: format!("{:.1}", HEIGHT - height),
            height: format!("{height:.1}"),
            part_top: format!("{:.1}", HEIGHT - part),
            part: format!("{part:.1}"),
            date: day.date.clone(),
            requests: day.tally.total_requests,
            completed: day.tally.completed,
        }
    };
    let places = (0..).step_by(STEP as usize);
    daily.iter().rev().zip(places).map(bar).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a drawing shows a tenth of a unit"
)]
fn high(count: i64, most: i64) -> f64 {
    HEIGHT * count as f64 / most as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str, total_requests: i64, completed: i64) -> DayOut {
        DayOut {
            date: date.to_owned(),
            tally: Tally {
                total_requests,
                completed,
                ..Tally::default()
            },
        }
    }

    #[test]
    fn the_highest_day_fills_the_drawing_and_the_oldest_stands_at_the_left() {
        let bars = bars(&[day("2026-11-21", 10, 5), day("2026-11-20", 40, 40)]);
        let shown: Vec<_> = bars
            .iter()
            .map(|bar| {
                (
                    bar.x,
                    bar.height.as_str(),
                    bar.part.as_str(),
                    bar.part_top.as_str(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [(0, "160.0", "160.0", "0.0"), (10, "40.0", "20.0", "140.0")]
        );
    }

    #[test]
    fn days_without_requests_have_no_height() {
        assert_eq!(bars(&[day("2026-11-21", 0, 0)])[0].height, "0.0");
    }
}
