//! Making an alert of what was seen, with a letter to those who take note of it, and forgetting the old ones. Whoever
//! can cause many alerts must not cause many letters: what is looked for has one an hour for each kind, faults of ours
//! have ten.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::detection::{AlertKind, Sighting};
use hanok_base::Timestamp;
use hanok_db::Tx;
use hanok_events::Schedule;
use hanok_web::live::event;
use serde::Serialize;

use super::letters;
use super::rules::hour_of;
use super::store::{self, AlertId};
use crate::context::People;
use crate::fault::Fault;
use crate::live::DASHBOARD;

/// How long alerts are kept, as the security log is.
const KEPT: Duration = Duration::from_hours(365 * 24);
/// How many go in one unit.
const BATCH: u32 = 500;
/// After so long something is no news: it is on the page, and no letter tells of it.
const NEWS: Duration = Duration::from_hours(1);

/// `alert`: something new to look at.
#[derive(Serialize)]
struct Raised {
    id: AlertId,
    kind: AlertKind,
    at: Timestamp,
}

/// How many letters a kind has in an hour.
const fn most_letters(kind: AlertKind) -> i64 {
    match kind {
        AlertKind::ServerError => 10,
        AlertKind::FailedSignIns | AlertKind::FailingPerson | AlertKind::ManyAddresses => 1,
    }
}

impl People {
    /// Makes an alert of what was seen, or counts it where this hour has one already; says whether it is new. A new one
    /// is told by mail to those who take note of alerts, unless its kind has had its letters in this hour.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn raise(&self, seen: Sighting) -> Result<bool, Fault> {
        let people = self.clone();
        let id = AlertId::new(&self.accounts.clock, &self.accounts.random);
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                let hour_at = hour_of(seen.at);
                if store::insert(tx, id, hour_at, &seen).await? {
                    people.show_alert(tx, id, &seen);
                    people.tell_alert(tx, hour_at, &seen).await?;
                    return Ok::<_, Fault>(true);
                }
                match seen.kind {
                    AlertKind::ServerError => store::add(tx, hour_at, &seen).await?,
                    AlertKind::FailedSignIns
                    | AlertKind::FailingPerson
                    | AlertKind::ManyAddresses => store::renew(tx, hour_at, &seen).await?,
                }
                Ok(false)
            })
            .await
    }

    /// Says on the sockets of those who watch the organisation that there is a new one.
    fn show_alert(&self, tx: &mut Tx, id: AlertId, seen: &Sighting) {
        let (live, kind, at) = (self.accounts.live.clone(), seen.kind, seen.at);
        tx.after_commit(move || live.emit(DASHBOARD, event::ALERT, &Raised { id, kind, at }));
    }

    async fn tell_alert(
        &self,
        tx: &mut Tx,
        hour_at: Timestamp,
        seen: &Sighting,
    ) -> Result<(), Fault> {
        if self.accounts.clock.now().since(seen.at) > NEWS {
            return Ok(());
        }
        let most = most_letters(seen.kind);
        if let Some(letter) = letters::take(tx, seen.kind, hour_at, most).await? {
            let is_last = letter == most;
            self.accounts.mail_alert(tx, seen, is_last).await?;
        }
        Ok(())
    }

    /// Makes alerts of all that was seen: one that cannot be made keeps none behind it from being made.
    ///
    /// # Errors
    /// The first fault, once every other was tried.
    pub(super) async fn raise_all(&self, seen: Vec<Sighting>) -> Result<(), Fault> {
        let mut first = Ok(());
        for seen in seen {
            if let Err(fault) = self.raise(seen).await {
                tracing::error!(error = %fault, "what was seen could not be made an alert");
                first = first.and(Err(fault));
            }
        }
        first
    }

    async fn forget_alerts(&self) -> Result<(), Fault> {
        let before = self.accounts.clock.now().minus(KEPT);
        loop {
            let gone = self.accounts.db.write(async move |tx: &mut Tx| {
                letters::forget(tx, before).await?;
                let gone = store::forget(tx, before, BATCH).await?;
                Ok::<_, Fault>(gone)
            });
            if gone.await? < u64::from(BATCH) {
                return Ok(());
            }
        }
    }
}

/// Forgets alerts that are older than a year; a duty of every day.
pub(super) fn forgetting(people: &People) -> Schedule {
    let people = people.clone();
    Schedule {
        name: "people.forget_alerts",
        every: Duration::from_hours(24),
        run: Arc::new(move |_| {
            let people = people.clone();
            Box::pin(async move {
                let done = people.forget_alerts().await;
                done.map_err(|fault| fault.to_string())
            })
        }),
    }
}
