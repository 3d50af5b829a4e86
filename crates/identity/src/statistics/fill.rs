//! Days that are over are counted once and kept.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_events::Schedule;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::store;
use crate::context::Identity;
use crate::day::{Day, days_before};
use crate::fault::Fault;

/// How long after midnight a day is counted at the earliest.
const AFTER_MIDNIGHT: Duration = Duration::from_mins(10);
/// How often it is looked whether a day is over.
const LOOK: Duration = Duration::from_mins(1);
/// How many days are caught up with in one run.
const AT_ONCE: u32 = 31;

/// Why days are filled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// They come after the newest that was filled.
    InTurn,
    /// Somebody wants them counted, whichever were before.
    OnDemand,
}

/// Looks each minute whether a day is to be filled, which it is at 00:10 where the organisation is.
pub(crate) fn schedule(identity: &Identity) -> Schedule {
    let identity = identity.clone();
    Schedule {
        name: "identity.statistics",
        every: LOOK,
        run: Arc::new(move |now| {
            let identity = identity.clone();
            Box::pin(async move {
                let filled = identity.fill_statistics(now).await;
                filled.map(|_| ()).map_err(|fault| fault.to_string())
            })
        }),
    }
}

impl Identity {
    /// Counts the days since the newest that was filled, at most 31 of them; returns how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn fill_statistics(&self, now: Timestamp) -> Result<u32, Fault> {
        let zone = self.accounts.organisation.get().zone.clone();
        let newest_over = self.newest_over(now, &zone);
        let first = match self.first_unfilled(&zone).await? {
            Some(first) if first <= newest_over => first,
            _ => return Ok(0),
        };
        let origin = Origin::system("identity.statistics");
        let days = first
            .series(jiff::Span::new().days(1))
            .take_while(|date| *date <= newest_over);
        self.fill_days(&origin, Why::InTurn, days.take(AT_ONCE as usize), &zone)
            .await
    }

    /// Counts those of the `days` days that end today which are over, also if they were filled before;
    /// returns how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn fill_again(
        &self,
        origin: &Origin,
        days: u32,
        now: Timestamp,
    ) -> Result<u32, Fault> {
        let zone = self.accounts.organisation.get().zone.clone();
        let newest_over = self.newest_over(now, &zone);
        let today = now.local_date(&zone);
        let dates = (0..days)
            .rev()
            .map(|ago| days_before(today, ago))
            .filter(|date| *date <= newest_over);
        self.fill_days(origin, Why::OnDemand, dates, &zone).await
    }

    /// The newest day of which every request must have ended.
    fn newest_over(&self, now: Timestamp, zone: &TimeZone) -> Date {
        let longest = Duration::from_secs(u64::from(self.config.expiry_max_seconds));
        days_before(now.minus(AFTER_MIDNIGHT.max(longest)).local_date(zone), 1)
    }

    /// The day after the newest that was filled, or that of the first request.
    async fn first_unfilled(&self, zone: &TimeZone) -> Result<Option<Date>, Fault> {
        let known = self
            .accounts
            .db
            .read(async |conn| {
                let newest = store::newest_day(conn).await?;
                let first = match newest {
                    Some(_) => None,
                    None => store::first_request(conn).await?,
                };
                Ok::<_, Fault>((newest, first))
            })
            .await?;
        let (newest, first) = known;
        let after = newest.map(|date| {
            let date: Result<Date, _> = date.parse();
            date.and_then(Date::tomorrow)
                .map_err(|fault| Fault::internal(format!("a day of the statistics: {fault}")))
        });
        Ok(after
            .transpose()?
            .or_else(|| first.map(|at| at.local_date(zone))))
    }

    async fn fill_days(
        &self,
        origin: &Origin,
        why: Why,
        dates: impl Iterator<Item = Date>,
        zone: &TimeZone,
    ) -> Result<u32, Fault> {
        // What has had its time is to be counted as such.
        self.expire_overdue().await?;
        let mut filled = 0;
        for date in dates {
            self.fill_day(origin, why, Day::of(date, zone)).await?;
            filled += 1;
        }
        Ok(filled)
    }

    async fn fill_day(&self, origin: &Origin, why: Why, day: Day) -> Result<(), Fault> {
        let db = &self.accounts.db;
        let counted = db
            .report(async move |conn| store::count_day(conn, &day).await)
            .await?;
        let (identity, origin, now) = (self.clone(), origin.clone(), self.accounts.clock.now());
        db.write(async move |tx| {
            let date = day.date.to_string();
            let says_so = match why {
                Why::OnDemand => true,
                Why::InTurn => {
                    store::advance(tx, &date).await? && !store::is_kept(tx, &date).await?
                }
            };
            for (provider, counts) in &counted {
                store::keep(tx, *provider, &date, *counts, now).await?;
            }
            if says_so {
                let entry = Entry::new(Action::AdminAction).details(
                    json!({ "act": "statistics_filled", "date": date, "providers": counted.len() }),
                );
                identity.accounts.audit.record(tx, &origin, entry).await?;
            }
            Ok(())
        })
        .await
    }
}
