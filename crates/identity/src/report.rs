//! Reports over what people were asked and what was done: each is one query.
//!
//! A report is a type: its fields are what it is asked for, its [`Query`] is the statement and what that
//! is given, [`Report::Row`] is a line of the answer. [`all`] are the seven with their usual spans, for
//! whoever explains or measures them. Each query is answered by an index, which its plan test names.
//!
//! Days and hours are those of the organisation. What providers see of their requests leaves out Hanok's own sign-ins;
//! what is told of people counts them too, and no decoy, which is nobody's.

mod api;
pub(crate) mod command;
pub(crate) mod detections;
mod failing_people;
mod hours;
mod kind;
mod latest_completions;
mod many_addresses;
mod pages;
mod panels;
mod period;
mod provider_days;
mod provider_success;
mod reveals;
mod told;

use hanok_base::Timestamp;
use hanok_db::{Record, Value};
use jiff::tz::TimeZone;
use serde::Serialize;

pub use crate::tally::Tally;
pub use failing_people::{FailingPeople, FailingPerson};
pub use hours::{Hour, HoursOfToday};
pub use latest_completions::{LatestCompletion, LatestCompletions};
pub use many_addresses::{ManyAddresses, SeenFromMany};
pub use provider_days::{ProviderDay, ProviderDays};
pub use provider_success::{ProviderOutcome, ProviderSuccess};
pub use reveals::{CiDiReveals, Reveal};

pub(crate) use pages::menu_entry;
pub(crate) use panels::panels;

use hanok_web::Routes;

use crate::context::Identity;
use crate::fault::Fault;

/// The routes of reports: the API and the pages.
pub(crate) fn routes() -> Routes<Identity> {
    api::routes().merge(pages::routes())
}

/// One statement, and what it is given.
pub trait Query: Send + Sync {
    /// As `hanok report` calls it.
    fn name(&self) -> &'static str;

    /// What it tells, in one line.
    fn title(&self) -> &'static str;

    /// The statement, for both engines.
    fn sql(&self) -> &'static str;

    /// The indexes of which one answers it; without them the rows of a whole table would be walked.
    fn indexes(&self) -> &'static [&'static str];

    /// The values of its parameters, `$1` first.
    fn values(&self) -> Vec<Value<'_>>;

    /// Whether it names people: reading it is then on the trail.
    fn names_people(&self) -> bool {
        false
    }
}

/// A report: its query and the lines of its answer.
pub trait Report: Query + 'static {
    /// A line of the answer.
    type Row: Line + Record + Serialize + 'static;
}

/// A line as a table or a CSV file shows it.
pub trait Line {
    /// What stands over the columns.
    const HEADS: &'static [&'static str];

    /// The columns' texts.
    fn cells(&self) -> Vec<String>;
}

impl Identity {
    /// The lines of a report.
    ///
    /// # Errors
    /// The store's.
    pub async fn report<R: Report>(&self, report: R) -> Result<Vec<R::Row>, Fault> {
        let rows = self
            .accounts
            .db
            .report(async move |conn| conn.all(report.sql(), &report.values()).await)
            .await;
        Ok(rows?)
    }
}

/// The seven reports as they are asked for at `now` where the organisation is in `zone`.
pub fn all(now: Timestamp, zone: &TimeZone) -> [Box<dyn Query>; 7] {
    [
        Box::new(ProviderSuccess::until(now)),
        Box::new(FailingPeople::until(now)),
        Box::new(HoursOfToday::at(now, zone)),
        Box::new(ProviderDays::until(now, zone)),
        Box::new(LatestCompletions::until(now)),
        Box::new(CiDiReveals::until(now)),
        Box::new(ManyAddresses::until(now)),
    ]
}

/// A cell of what may be absent.
fn cell(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod plans;
