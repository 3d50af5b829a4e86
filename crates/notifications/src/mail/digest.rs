//! The letter of the day: once a day, in their morning, people are told what they have not read of the types that they
//! want so. Whoever has something to be told has a row that says when; nobody else is looked at.

mod due;
mod store;

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::Schedule;

use crate::context::Notifications;
use crate::fault::Fault;
use crate::preference::{self, MailWhen, Preferences};
use crate::reading;
use crate::shown::Shown;
use crate::telling::NotificationType;

#[cfg(test)]
pub(crate) use store::DUE;
pub(super) use store::enrol;

/// How often it is looked who is due.
const EVERY: Duration = Duration::from_mins(1);
/// How many people are looked for at once; each letter is a unit of its own.
const PORTION: usize = 100;

/// Writes the letters that are due.
pub(super) fn schedule(notifications: &Notifications) -> Schedule {
    let notifications = notifications.clone();
    Schedule {
        name: "notifications.digest",
        every: EVERY,
        run: Arc::new(move |now| {
            let notifications = notifications.clone();
            Box::pin(async move {
                let done = notifications.write_digests(now).await;
                done.map_err(|error| error.to_string())
            })
        }),
    }
}

impl Notifications {
    /// Writes the letters that are due, portion by portion. Where one fails, the others of its portion are written, and
    /// all else at the next look.
    async fn write_digests(&self, now: Timestamp) -> Result<(), DbError> {
        loop {
            let read = async move |conn: &mut Conn| store::due(conn, now, PORTION).await;
            let due: Vec<AccountId> = self.accounts.db.read(read).await?;
            let mut first_fault = None;
            for account in &due {
                if let Err(fault) = self.write_digest_of(*account, now).await {
                    first_fault.get_or_insert(fault);
                }
            }
            if let Some(fault) = first_fault {
                return Err(fault);
            }
            if due.len() < PORTION {
                return Ok(());
            }
        }
    }

    /// Moves the letter that is due to somebody's new morning.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn move_letter_of_the_day(
        &self,
        tx: &mut Tx,
        account: AccountId,
        chosen: &Preferences,
    ) -> Result<(), DbError> {
        let due_at = self.first_morning(chosen, self.accounts.clock.now());
        store::move_to(tx, account, due_at).await
    }

    /// Writes one person's. What keeps it from being written, such as an address that does not open, keeps no other from
    /// theirs: theirs is due again the next day.
    async fn write_digest_of(&self, account: AccountId, now: Timestamp) -> Result<(), DbError> {
        let notifications = self.clone();
        let unit = async move |tx: &mut Tx| notifications.write_digest(tx, account, now).await;
        match self.accounts.db.write(unit).await {
            Ok(()) => Ok(()),
            Err(Fault::Accounts(hanok_accounts::Fault::Store(error))) => Err(error),
            Err(fault) => {
                tracing::error!(error = %fault, %account, "a letter of the day cannot be written");
                let notifications = self.clone();
                let unit = async move |tx: &mut Tx| {
                    let chosen = preference::of(tx, account).await?;
                    let next = notifications.next_morning(&chosen, now);
                    store::move_to(tx, account, next).await
                };
                self.accounts.db.write(unit).await
            }
        }
    }

    async fn write_digest(
        &self,
        tx: &mut Tx,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(held) = store::hold(tx, account, now).await? else {
            return Ok(());
        };
        let chosen = preference::of(tx, account).await?;
        let today = self.accounts.today(now).to_string();
        let zone = self.accounts.organisation.get().zone.clone();
        let quiet = chosen.quiet.and_then(|quiet| quiet.end_after(now, &zone));
        let later = if held.sent_on.as_ref() == Some(&today) {
            Some(self.next_morning(&chosen, now))
        } else {
            quiet.or_else(|| self.moved_morning(&chosen, held.due_at, now))
        };
        if let Some(later) = later {
            return Ok(store::move_to(tx, account, later).await?);
        }
        let upto = reading::counter(tx, account).await?.seq;
        let sent_on = held.sent_on.as_deref();
        let Some(reader) = self.accounts.letter_reader(tx, account).await? else {
            // Whoever can be written to again is told of this, too, with what comes next.
            return Ok(store::finish(tx, account, held.upto, sent_on).await?);
        };
        let shown = self.untold(tx, account, &chosen, held.upto).await?;
        if shown.is_empty() {
            return Ok(store::finish(tx, account, upto, sent_on).await?);
        }
        let letter = self.letter_of_the_day(&reader, &shown);
        self.accounts
            .write_to(tx, &reader, &letter, &self.texts)
            .await?;
        Ok(store::finish(tx, account, upto, Some(&today)).await?)
    }

    /// What somebody has not read of the types that they want once a day, told after a number, as they may see it now;
    /// the newest first.
    async fn untold(
        &self,
        conn: &mut Conn,
        account: AccountId,
        chosen: &Preferences,
        after: i64,
    ) -> Result<Vec<Shown>, DbError> {
        let all = NotificationType::ALL.iter().copied();
        let is_daily = |kind: &NotificationType| {
            let choice = chosen.of(*kind);
            choice.here && choice.mail == MailWhen::Daily
        };
        let daily: Vec<NotificationType> = all.filter(is_daily).collect();
        let rows = store::untold(conn, account, &daily, after).await?;
        Ok(self.see(conn, account, rows).await?.shown)
    }
}
