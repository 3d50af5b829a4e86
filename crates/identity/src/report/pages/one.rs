//! `/admin/reports/{name}`: a report, with the period above, drawings, and a table that says the same.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::{DataExport, ProviderManagement, UserManagement};
use hanok_base::Timestamp;
use hanok_web::csv::Csv;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, filters};
use hanok_web::{AllowedAny, Caller, Ctx, Field, Flash, Page, Path, Permission, Query};

use super::figure::{Figure, figures};
use super::sheet::{Cell, Leads, Sheet, sheet};
use super::{ENTRY, PATH};
use crate::chart::Mark;
use crate::context::Identity;
use crate::report::api::{file, named};
use crate::report::kind::Kind;
use crate::report::period::PeriodIn;
use crate::report::told::{Form, Reporting, Told, owner};
use crate::text::{self, reports as said};

#[derive(Template)]
#[template(path = "reports/one.html")]
struct OneBody {
    to: Field,
    days: Option<Choice>,
    hour: Option<Choice>,
    /// Whether it tells of the reader's own providers alone.
    is_of_own: bool,
    /// Nothing where the period is wrong.
    told: Option<Shown>,
    again: String,
    export: Option<String>,
}

/// What there is to see.
struct Shown {
    from: Timestamp,
    until: Timestamp,
    figures: Vec<Figure>,
    sheet: Sheet,
}

/// `GET /admin/reports/{name}`: what is wrong with the period is said beside it.
pub(super) async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: AllowedAny<Reporting>,
    Path(name): Path<String>,
    Query(asked): Query<PeriodIn>,
) -> Result<Page, Error> {
    let kind = named(&name)?;
    let is_of_own = owner(&caller, kind)?.is_some();
    let (told, faults, status) = match identity.period_of(kind, &asked, ctx.now) {
        Ok(period) => {
            let told = identity.tell_report(&ctx, &caller, (kind, period), Form::Shown);
            (Some(told.await?), Flash::default(), StatusCode::OK)
        }
        Err(fault) => (None, Flash::of(&fault.into()), StatusCode::BAD_REQUEST),
    };
    let zone = identity.accounts.organisation.get().zone.clone();
    let shown = told.map(|told| Shown::of(&told, &zone, Leads::of(&caller)));
    let body = OneBody::new((kind, is_of_own), shown, (&asked, &faults), &caller);
    let page = Page::new(kind.title(), body).purpose(kind.purpose());
    Ok(page.active(ENTRY).status(status))
}

/// `GET /admin/reports/{name}/export`.
pub(super) async fn export(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: AllowedAny<Reporting>,
    Path(name): Path<String>,
    Query(asked): Query<PeriodIn>,
) -> Result<Csv, Error> {
    file(&identity, &ctx, &caller, &name, &asked).await
}

impl Leads {
    /// Which pages `caller` may open.
    fn of(caller: &Caller) -> Self {
        let holds = |name| caller.permissions.contains(name);
        Self {
            people: holds(UserManagement::NAME),
            providers: holds(ProviderManagement::NAME),
        }
    }
}

impl Shown {
    fn of(told: &Told, zone: &jiff::tz::TimeZone, leads: Leads) -> Self {
        Self {
            from: told.period.from,
            until: told.period.until,
            figures: figures(told, zone),
            sheet: sheet(&told.lines, leads),
        }
    }
}

impl OneBody {
    fn new(
        (kind, is_of_own): (Kind, bool),
        told: Option<Shown>,
        (asked, faults): (&PeriodIn, &Flash),
        caller: &Caller,
    ) -> Self {
        let path = format!("{PATH}/{kind}");
        let query = ListQuery::new(path.clone())
            .with("to", asked.to.as_deref())
            .with("days", asked.days.as_deref())
            .with("hour", asked.hour.as_deref());
        let may_export = caller.permissions.contains(DataExport::NAME);
        Self {
            to: Field::new("to", said::to())
                .kind("date")
                .filter()
                .value(asked.to.clone().unwrap_or_default())
                .filled(faults),
            days: days(kind, asked.days.clone()).map(|days| days.filled(faults)),
            hour: hours(kind, asked.hour.clone()).map(|hour| hour.filled(faults)),
            is_of_own,
            export: (may_export && told.is_some()).then(|| query.at(&format!("{path}/export"))),
            told,
            again: path,
        }
    }
}

fn days(kind: Kind, chosen: Option<String>) -> Option<Choice> {
    let offered = kind.days();
    let chosen = chosen.filter(|chosen| !chosen.is_empty());
    let choice = offered.iter().fold(
        Choice::new("days", said::length()).filter(),
        |choice, days| choice.option(days.to_string(), said::days(days)),
    );
    let choice = choice.value(chosen.unwrap_or_else(|| kind.usual_days().to_string()));
    (!offered.is_empty()).then_some(choice)
}

fn hours(kind: Kind, chosen: Option<String>) -> Option<Choice> {
    let last = Choice::new("hour", said::hour())
        .filter()
        .option("", said::last_hour());
    let choice = (0..24).fold(last, |choice, hour: u8| {
        choice.option(hour.to_string(), said::hour_of(format!("{hour:02}")))
    });
    kind.is_of_an_hour()
        .then(|| choice.value(chosen.unwrap_or_default()))
}
