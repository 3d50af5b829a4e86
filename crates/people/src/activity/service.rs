//! Reading activities, and taking away what is over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::activity::ActivityType;
use hanok_accounts::audit::{Action, Entry};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::Schedule;
use hanok_web::{Caller, Ctx};
use jiff::ToSpan;
use serde_json::json;
use uuid::Uuid;

use super::WATCHING;
use super::rules::{DAY, DAYS, KEPT, REMEMBERED};
use super::store::{self, ActivityId, ActivityRow};
use crate::context::People;
use crate::fault::Fault;

/// How many go in one unit.
const BATCH: u32 = 500;

/// How much was done on a day, by kind.
pub(super) struct DayOfActivity {
    /// `YYYY-MM-DD`, where the organisation is.
    pub(super) date: String,
    /// How often each kind was, in the order of [`ActivityType::ALL`].
    pub(super) times: Vec<(ActivityType, i64)>,
}

impl DayOfActivity {
    /// All kinds together.
    pub(super) fn total(&self) -> i64 {
        self.times.iter().map(|(_, times)| times).sum()
    }
}

impl People {
    /// What the caller did in the last 24 hours, the newest first; one statement.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn my_activities(
        &self,
        account: AccountId,
        now: Timestamp,
        most: u32,
    ) -> Result<Vec<ActivityRow>, Fault> {
        let after = now.minus(DAY);
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let rows = store::of_person(conn, account, after, most).await?;
            Ok::<_, Fault>(rows)
        });
        read.await
    }

    /// What everybody did, the newest first; one statement. Reading it is on the record, as reading the trail is, of
    /// which it is a part.
    ///
    /// # Errors
    /// Forbidden for who does not watch all of the organisation or may not read the trail; the store's.
    pub(super) async fn all_activities(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        most: u32,
    ) -> Result<Vec<ActivityRow>, Fault> {
        must_watch(caller)?;
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let rows = store::newest(conn, most).await?;
            Ok::<_, Fault>(rows)
        });
        let rows = read.await?;
        let details = json!({ "filters": ["activities"], "rows": rows.len() });
        let entry = Entry::new(Action::AuditSearch).details(details);
        self.note_reading(ctx, entry).await?;
        Ok(rows)
    }

    /// How much was done on the last days on which anything was, the newest first; one statement.
    ///
    /// # Errors
    /// As for [`all_activities`](Self::all_activities).
    pub(super) async fn activity_days(
        &self,
        ctx: &Ctx,
        caller: &Caller,
    ) -> Result<Vec<DayOfActivity>, Fault> {
        must_watch(caller)?;
        let today = self.accounts.today(ctx.now);
        let from = today.saturating_sub((DAYS - 1).days()).to_string();
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let rows = store::days(conn, &from).await?;
            Ok::<_, Fault>(rows)
        });
        let mut days: BTreeMap<String, BTreeMap<ActivityType, i64>> = BTreeMap::new();
        for (date, kind, times) in read.await? {
            days.entry(date).or_default().insert(kind, times);
        }
        let whole = |(date, counted): (String, BTreeMap<ActivityType, i64>)| {
            let times = |kind: &ActivityType| (*kind, counted.get(kind).copied().unwrap_or(0));
            let times = ActivityType::ALL.iter().map(times).collect();
            DayOfActivity { date, times }
        };
        Ok(days.into_iter().rev().map(whole).collect())
    }

    /// Takes away what is older than a day and not among the organisation's newest, and whatever is too old for an
    /// address to be kept.
    async fn sweep_activities(&self, now: Timestamp) -> Result<(), DbError> {
        let remembered = now.minus(REMEMBERED);
        let first = (remembered, ActivityId::from_uuid(Uuid::nil()));
        self.sweep_behind(first, remembered).await?;
        let look = async |conn: &mut Conn| store::last_of(conn, KEPT).await;
        match self.accounts.db.read::<_, DbError, _>(look).await? {
            Some(last) => self.sweep_behind(last, now.minus(DAY)).await,
            None => Ok(()),
        }
    }

    async fn sweep_behind(
        &self,
        place: (Timestamp, ActivityId),
        before: Timestamp,
    ) -> Result<(), DbError> {
        loop {
            let unit = async move |tx: &mut Tx| store::sweep(tx, place, before, BATCH).await;
            let gone = self.accounts.db.write::<_, DbError, _>(unit).await?;
            if gone < u64::from(BATCH) {
                return Ok(());
            }
        }
    }
}

fn must_watch(caller: &Caller) -> Result<(), Fault> {
    let watches = WATCHING.is_held_by(caller);
    watches.then_some(()).ok_or_else(Fault::forbidden)
}

/// Takes away what is over; a duty of every ten minutes.
pub(crate) fn schedule(people: &People) -> Schedule {
    let people = people.clone();
    Schedule {
        name: "people.sweep_activities",
        every: Duration::from_mins(10),
        run: Arc::new(move |now| {
            let people = people.clone();
            Box::pin(async move {
                let done = people.sweep_activities(now).await;
                done.map_err(|error| error.to_string())
            })
        }),
    }
}
