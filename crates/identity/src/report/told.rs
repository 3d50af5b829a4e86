//! A report as somebody reads it: by what they hold, of the providers that they may know of, on the record where it
//! names people or leaves as a file.

use std::io;

use futures_util::stream;
use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::permission::{DataExport, ProviderStatistics, ReportsGeneration};
use hanok_base::Timestamp;
use hanok_db::Tx;
use hanok_web::csv::{Csv, line};
use hanok_web::{Caller, Ctx, Permission, PermissionGroup};
use serde::Serialize;
use serde_json::json;

use super::kind::Kind;
use super::period::{Period, PeriodIn};
use super::{
    CiDiReveals, FailingPeople, FailingPerson, Hour, HoursOfToday, LatestCompletion,
    LatestCompletions, Line, ManyAddresses, ProviderDay, ProviderDays, ProviderOutcome,
    ProviderSuccess, Reveal, SeenFromMany,
};
use crate::context::Identity;
use crate::fault::Fault;

/// Who reads reports: whoever makes those of the organisation, and whoever reads the numbers of their own providers.
#[derive(Debug)]
pub(super) enum Reporting {}

impl PermissionGroup for Reporting {
    const NAMES: &'static [&'static str] = &[ReportsGeneration::NAME, ProviderStatistics::NAME];
}

/// What it is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// To be looked at.
    Shown,
    /// To be taken along.
    File,
}

/// The lines of a report.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Lines {
    ProviderSuccess(Vec<ProviderOutcome>),
    FailingPeople(Vec<FailingPerson>),
    HoursOfToday(Vec<Hour>),
    ProviderDays(Vec<ProviderDay>),
    LatestCompletions(Vec<LatestCompletion>),
    CiDiReveals(Vec<Reveal>),
    ManyAddresses(Vec<SeenFromMany>),
}

/// A report of a period.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) period: Period,
    pub(super) lines: Lines,
}

/// The owner of whose providers alone `caller` reads a report; `None` where they read it of all.
///
/// # Errors
/// `Forbidden` for a report that tells of more than providers.
pub(super) fn owner(caller: &Caller, kind: Kind) -> Result<Option<AccountId>, Fault> {
    if caller.permissions.contains(ReportsGeneration::NAME) {
        Ok(None)
    } else if kind.is_of_providers() {
        Ok(Some(caller.account))
    } else {
        Err(forbidden())
    }
}

/// Whether `caller` may take data along.
///
/// # Errors
/// `Forbidden` where not.
pub(super) fn may_export(caller: &Caller) -> Result<(), Fault> {
    let may = caller.permissions.contains(DataExport::NAME);
    may.then_some(()).ok_or_else(forbidden)
}

const fn forbidden() -> Fault {
    Fault::Accounts(hanok_accounts::Fault::Forbidden)
}

impl Identity {
    /// The period that is asked for, where the organisation is.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn period_of(
        &self,
        kind: Kind,
        asked: &PeriodIn,
        now: Timestamp,
    ) -> Result<Period, Fault> {
        asked.check(kind, now, &self.accounts.organisation.get().zone)
    }

    /// A report as `caller` may read it.
    ///
    /// # Errors
    /// `Forbidden`, also for a file without `data_export`; the store's.
    pub(super) async fn tell_report(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        (kind, period): (Kind, Period),
        form: Form,
    ) -> Result<Told, Fault> {
        let owner = owner(caller, kind)?;
        if form == Form::File {
            may_export(caller)?;
        }
        let lines = self.lines(kind, period, owner).await?;
        let action = match form {
            Form::File => Some(Action::DataExport),
            Form::Shown => lines.names_people().then_some(Action::AuditSearch),
        };
        if let Some(action) = action {
            let details = json!({ "report": kind.as_str(), "rows": lines.count() });
            let entry = Entry::new(action).details(details);
            self.note_report(ctx, entry).await?;
        }
        Ok(Told {
            kind,
            period,
            lines,
        })
    }

    async fn lines(
        &self,
        kind: Kind,
        period: Period,
        owner: Option<AccountId>,
    ) -> Result<Lines, Fault> {
        let Period { from, until, .. } = period;
        let zone = self.accounts.organisation.get().zone.clone();
        Ok(match kind {
            Kind::ProviderSuccess => {
                let report = ProviderSuccess { from, until, owner };
                Lines::ProviderSuccess(self.report(report).await?)
            }
            Kind::FailingPeople => {
                Lines::FailingPeople(self.report(FailingPeople { from, until }).await?)
            }
            Kind::HoursOfToday => {
                let starts = period.day.hours(&zone);
                Lines::HoursOfToday(self.report(HoursOfToday { starts, owner }).await?)
            }
            Kind::ProviderDays => {
                let report = ProviderDays::ending(period.day.date, &zone).of_owner(owner);
                Lines::ProviderDays(self.report(report).await?)
            }
            Kind::LatestCompletions => {
                Lines::LatestCompletions(self.report(LatestCompletions { from, until }).await?)
            }
            Kind::CiDiReveals => {
                Lines::CiDiReveals(self.report(CiDiReveals { from, until }).await?)
            }
            Kind::ManyAddresses => {
                Lines::ManyAddresses(self.report(ManyAddresses { from, until }).await?)
            }
        })
    }

    async fn note_report(&self, ctx: &Ctx, entry: Entry) -> Result<(), Fault> {
        let (identity, origin) = (self.clone(), Origin::from(ctx));
        let written = self.accounts.db.write(async move |tx: &mut Tx| {
            identity.accounts.audit.record(tx, &origin, entry).await?;
            Ok::<_, Fault>(())
        });
        written.await
    }
}

impl Told {
    /// The report as a file.
    pub(super) fn file(&self, now: Timestamp, identity: &Identity) -> Csv {
        let name = format!("{}-{}.csv", self.kind, identity.accounts.today(now));
        let (heads, lines) = self.lines.csv();
        Csv::new(name, heads, stream::iter(lines))
    }
}

/// The heads of a file's columns, and its lines.
type Sheet = (&'static [&'static str], Vec<io::Result<String>>);

impl Lines {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::ProviderSuccess(lines) => lines.len(),
            Self::FailingPeople(lines) => lines.len(),
            Self::HoursOfToday(lines) => lines.len(),
            Self::ProviderDays(lines) => lines.len(),
            Self::LatestCompletions(lines) => lines.len(),
            Self::CiDiReveals(lines) => lines.len(),
            Self::ManyAddresses(lines) => lines.len(),
        }
    }

    /// Whether they name people: that somebody read them is on the record.
    const fn names_people(&self) -> bool {
        matches!(
            self,
            Self::FailingPeople(_)
                | Self::LatestCompletions(_)
                | Self::CiDiReveals(_)
                | Self::ManyAddresses(_)
        )
    }

    fn csv(&self) -> Sheet {
        match self {
            Self::ProviderSuccess(lines) => csv(lines),
            Self::FailingPeople(lines) => csv(lines),
            Self::HoursOfToday(lines) => csv(lines),
            Self::ProviderDays(lines) => csv(lines),
            Self::LatestCompletions(lines) => csv(lines),
            Self::CiDiReveals(lines) => csv(lines),
            Self::ManyAddresses(lines) => csv(lines),
        }
    }
}

fn csv<L: Line>(lines: &[L]) -> Sheet {
    let lines = lines.iter().map(|row| line(row.cells()));
    (L::HEADS, lines.collect())
}
