//! Making an alert of what was seen, with one letter to those who take note of it; and forgetting the old ones.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::detection::{AlertKind, Sighting};
use hanok_db::Tx;
use hanok_events::Schedule;

use super::rules::hour_of;
use super::store::{self, AlertId};
use crate::context::People;
use crate::fault::Fault;

/// How long alerts are kept, as the security log is.
const KEPT: Duration = Duration::from_hours(365 * 24);
/// How many go in one unit.
const BATCH: u32 = 500;

impl People {
    /// Makes an alert of what was seen, or counts it where this hour has one already; says whether it is new. A new one
    /// is told by mail to everybody who takes note of alerts.
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
                    people.accounts.mail_alert(tx, &seen).await?;
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

    async fn forget_alerts(&self) -> Result<(), Fault> {
        let before = self.accounts.clock.now().minus(KEPT);
        loop {
            let gone = self.accounts.db.write(async move |tx: &mut Tx| {
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
