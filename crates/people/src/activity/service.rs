//! Reading activities, and taking away what is over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::activity::ActivityType;
use hanok_accounts::audit::read::{Sight, Window};
use hanok_accounts::audit::{Action, Entry};
use hanok_accounts::permission::DataExport;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::Schedule;
use hanok_web::{Caller, Ctx, Permission};
use jiff::ToSpan;
use serde_json::json;
use uuid::Uuid;

use super::WATCHING;
use super::rules::{Asked, DAY, DAYS, KEPT, REMEMBERED};
use super::search::{self, Found, Search};
use super::store::{self, ActivityId};
use crate::audit::find_person;
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
    /// What the caller did in the last 24 hours, the newest first, as far as it is asked for; counted where a page shows
    /// it. One statement.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn my_activities(
        &self,
        account: AccountId,
        now: Timestamp,
        (asked, counts): (Asked, bool),
    ) -> Result<Found, Fault> {
        let after = now.minus(DAY).micros();
        let window = Window {
            from: asked.window.from.max(after + 1),
            ..asked.window
        };
        let search = Search {
            account: Some(account),
            kind: asked.kind,
            window,
        };
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let found = search::page(conn, &search, (&asked.page, counts)).await?;
            Ok::<_, Fault>(found)
        });
        read.await
    }

    /// What everybody did, the newest first, as far as it is asked for; counted where a page shows it. One statement, and
    /// one more for a person. Reading it is on the record, as reading the trail is, of which it is a part.
    ///
    /// # Errors
    /// Forbidden for who does not watch all of the organisation or may not read the trail; a field error for a person
    /// who is nobody; the store's.
    pub(super) async fn all_activities(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        (asked, counts): (Asked, bool),
    ) -> Result<Found, Fault> {
        must_watch(caller)?;
        let mut filters = vec!["activities"];
        filters.extend(&asked.filters);
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let search = found_by(conn, &asked).await?;
            let found = search::page(conn, &search, (&asked.page, counts)).await?;
            Ok::<_, Fault>((search.account, found))
        });
        let (person, found) = read.await?;
        let details = json!({ "filters": filters, "rows": found.page.items.len() });
        let entry = Entry {
            subject: person,
            ..Entry::new(Action::AuditSearch).details(details)
        };
        self.note_reading(ctx, entry).await?;
        Ok(found)
    }

    /// Puts an export of what everybody did on the record and says what it is of.
    ///
    /// # Errors
    /// As for [`all_activities`](Self::all_activities), and forbidden without `data_export`.
    pub(super) async fn export_activities(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        asked: Asked,
    ) -> Result<Search, Fault> {
        must_watch(caller)?;
        let may = caller.permissions.contains(DataExport::NAME);
        may.then_some(()).ok_or_else(Fault::forbidden)?;
        let details = json!({ "export": "activities", "filters": asked.filters });
        let read = async move |conn: &mut Conn| found_by(conn, &asked).await;
        let search = self.accounts.db.read(read).await?;
        let entry = Entry {
            subject: search.account,
            ..Entry::new(Action::DataExport).details(details)
        };
        self.note_reading(ctx, entry).await?;
        Ok(search)
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

/// What is asked, with the person whom it names.
async fn found_by(conn: &mut Conn, asked: &Asked) -> Result<Search, Fault> {
    Ok(Search {
        account: find_person(conn, asked.person.as_ref(), Sight::All).await?,
        kind: asked.kind,
        window: asked.window,
    })
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
