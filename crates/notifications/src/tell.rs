//! Telling people what happened.

use std::collections::{HashMap, HashSet};

use hanok_accounts::AccountId;
use hanok_db::{DbError, Tx};

use crate::change::{Change, Part, What};
use crate::context::Notifications;
use crate::held::{self, Held};
use crate::store::{self, Newest};
use crate::telling::{BURST, Telling};

impl Notifications {
    /// Tells people what happened, in the unit of the handler that heard of it. Nobody is told of their own act, nobody
    /// twice of one source in one type, and nobody who does not want to be told of it or whose account is erased. It is
    /// the last thing that a unit does:
    /// where there is more to tell in one unit, [`tell_all`](Self::tell_all) does.
    ///
    /// # Errors
    /// The store's.
    pub async fn tell(&self, tx: &mut Tx, telling: &Telling<'_>) -> Result<(), DbError> {
        self.tell_all(tx, std::slice::from_ref(telling)).await
    }

    /// Tells several things in one unit, as [`tell`](Self::tell).
    ///
    /// # Errors
    /// The store's.
    pub async fn tell_all(&self, tx: &mut Tx, tellings: &[Telling<'_>]) -> Result<(), DbError> {
        let mut changes: Vec<Change> = Vec::new();
        for telling in tellings {
            self.plan(tx, telling, &mut changes).await?;
        }
        self.write(tx, changes).await
    }

    /// What a telling changes, beside what is planned already.
    async fn plan(
        &self,
        tx: &mut Tx,
        telling: &Telling<'_>,
        changes: &mut Vec<Change>,
    ) -> Result<(), DbError> {
        let concerned: HashSet<AccountId> = telling.to.iter().copied().collect();
        let mut concerned: Vec<AccountId> = concerned.into_iter().collect();
        concerned.retain(|account| Some(*account) != telling.actor);
        concerned.sort_unstable();
        if concerned.is_empty() {
            return Ok(());
        }
        let told = store::told_of(tx, telling, &concerned).await?;
        let planned = changes.iter().filter(|change| change.tells(telling));
        let planned = planned.map(|change| change.account);
        let told: HashSet<AccountId> = told.into_iter().chain(planned).collect();
        concerned.retain(|account| !told.contains(account));
        let receivers = store::receivers(tx, &concerned, telling.kind).await?;
        let mut open = self.open(tx, telling, &concerned).await?;
        for receiver in receivers {
            let part = Part {
                source: telling.source.clone(),
                actor: telling.actor,
                anchor: telling.anchor.clone(),
                at: telling.at,
            };
            let change = if let Some(held) = open.remove(&receiver.id) {
                grown(held, part)
            } else {
                let subject = telling.subject.clone();
                Change::new(self.new_id(), receiver, telling.kind, subject, part)
            };
            changes.push(change);
        }
        Ok(())
    }

    /// Those notifications that grow instead of a new one being told, by whose they are.
    async fn open(
        &self,
        tx: &mut Tx,
        telling: &Telling<'_>,
        concerned: &[AccountId],
    ) -> Result<HashMap<AccountId, Held>, DbError> {
        if !telling.kind.comes_in_bursts() {
            return Ok(HashMap::new());
        }
        let about = (&telling.subject, telling.kind);
        let since = telling.at.minus(BURST);
        let held = held::hold_open(tx, concerned, about, since).await?;
        Ok(held.into_iter().map(|held| (held.account, held)).collect())
    }
}

/// A notification that grows: it shows the newest of what happened, which is not always what came last.
fn grown(held: Held, part: Part) -> Change {
    let newest = if part.at >= held.updated_at {
        Newest {
            anchor: part.anchor.clone(),
            at: part.at,
        }
    } else {
        Newest {
            anchor: held.anchor.clone(),
            at: held.updated_at,
        }
    };
    Change::of(held, What::Grown(part, newest))
}
