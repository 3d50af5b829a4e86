//! Writing the letters that were asked for: each is judged anew, by what its reader may see and wants then.

use std::time::Duration;

use const_format::concatcp;
use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, params, record};
use hanok_events::{
    Backoff, Handler, HandlerError, Job, JobHandler, NewJob, Outcome, Received, Topic,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ask::ASKED;
use super::digest;
use crate::context::Notifications;
use crate::fault::Fault;
use crate::preference::{self, MailWhen};
use crate::reading;
use crate::store::{self, NotificationId};

/// The kind of job.
const KIND: &str = "notifications.letter";

/// After a failure.
const BACKOFF: Backoff = Backoff {
    first: Duration::from_secs(5),
    max: Duration::from_mins(10),
};

/// About which notification a letter is asked for.
#[derive(Serialize, Deserialize)]
struct Asked {
    notification_id: NotificationId,
}

record! {
    /// Whose notification it is that a letter is to be about.
    struct Due {
        account_id: AccountId,
    }
}

/// What is still to be written about: `$1` which notification.
const DUE: &str = concatcp!(
    "SELECT ",
    Due::COLUMNS,
    " FROM notification WHERE id = $1 AND mailed_at IS NULL AND read_at IS NULL \
     AND withdrawn_at IS NULL /*for_no_key_update*/"
);

impl Notifications {
    /// Writes the letter about a notification, where there still is something to be told and its reader wants it; in
    /// their quiet hours it waits. Whoever wants it once a day by then is told in their next morning.
    ///
    /// # Errors
    /// The store's, or an address that does not open.
    async fn write_letter(&self, tx: &mut Tx, id: NotificationId) -> Result<(), Fault> {
        let now = self.accounts.clock.now();
        let Some(Due { account_id }) = tx.optional(DUE, params![id]).await? else {
            return Ok(());
        };
        let chosen = preference::of(tx, account_id).await?;
        let Some(row) = reading::find(tx, account_id, id).await? else {
            return Ok(());
        };
        let choice = chosen.of(row.kind);
        match choice.mail {
            MailWhen::Now if choice.here => {}
            // They have chosen so while the letter waited.
            MailWhen::Daily if choice.here => {
                let morning = self.first_morning(&chosen, now);
                let (seq, _) = store::take_numbers(tx, account_id, 1, 0).await?;
                owe(tx, id, seq).await?;
                return Ok(digest::enrol(tx, account_id, morning, seq).await?);
            }
            _ => return Ok(()),
        }
        let zone = self.accounts.organisation.get().zone.clone();
        if let Some(end) = chosen.quiet.and_then(|quiet| quiet.end_after(now, &zone)) {
            return Ok(self.wait(tx, id, end).await?);
        }
        let seen = self.see(tx, account_id, vec![row]).await?;
        let reader = self.accounts.letter_reader(tx, account_id).await?;
        if let (Some(shown), Some(reader)) = (seen.shown.first(), reader) {
            let letter = self.letter_about(&reader, shown);
            self.accounts
                .write_to(tx, &reader, &letter, &self.texts)
                .await?;
            note_mailed(tx, id, now).await?;
        }
        Ok(())
    }

    /// Has a letter judged again later.
    async fn wait(
        &self,
        tx: &mut Tx,
        notification_id: NotificationId,
        until: Timestamp,
    ) -> Result<(), DbError> {
        let job = NewJob {
            kind: KIND,
            lane: KIND.to_owned(),
            payload: json!(Asked { notification_id }),
            run_at: until,
        };
        self.accounts.jobs.enqueue(tx, job).await.map(drop)
    }
}

/// Gives a notification and its parts a number of now, behind whatever letters of the day have told; it was not asked
/// for a letter any more, which may be asked for when it grows.
async fn owe(tx: &mut Tx, id: NotificationId, seq: i64) -> Result<(), DbError> {
    const PARTS: &str = "UPDATE notification_source SET seq = $2 WHERE notification_id = $1";
    const WHOLE: &str = "UPDATE notification SET seq = $2, mail_asked_at = NULL WHERE id = $1";
    tx.execute(PARTS, params![id, seq]).await?;
    tx.execute(WHOLE, params![id, seq]).await.map(drop)
}

async fn note_mailed(tx: &mut Tx, id: NotificationId, now: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notification SET mailed_at = $2 WHERE id = $1";
    tx.execute(SQL, params![id, now]).await.map(drop)
}

/// Hears that letters are asked for.
pub(super) struct Letters(pub(super) Notifications);

impl Handler for Letters {
    fn consumer(&self) -> &'static str {
        "notifications.mail"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        topic == Topic::EmailNotifications && event_type == ASKED
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            let asked: Asked = event.parse()?;
            let written = self.0.write_letter(tx, asked.notification_id).await;
            written.map_err(|fault| match fault {
                Fault::Accounts(hanok_accounts::Fault::Store(error)) => error.into(),
                other => HandlerError::Failed(other.to_string()),
            })
        })
    }
}

/// Writes letters that had to wait. Run twice it writes none a second time.
pub(super) struct Waiting(pub(super) Notifications);

impl JobHandler for Waiting {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(Asked { notification_id }) = job.parse() else {
                return Outcome::Dead {
                    reason: "the payload is not one of this kind".to_owned(),
                };
            };
            let (notifications, accounts) = (self.0.clone(), &self.0.accounts);
            let unit = async move |tx: &mut Tx| {
                let written = notifications.write_letter(tx, notification_id);
                written.await
            };
            let Err(fault) = accounts.db.write(unit).await else {
                return Outcome::Done;
            };
            let reason = fault.to_string();
            if !matches!(fault, Fault::Accounts(hanok_accounts::Fault::Store(_))) {
                return Outcome::Dead { reason };
            }
            let wait = BACKOFF.delay(job.attempts, &accounts.random);
            let at = accounts.clock.now().plus(wait);
            Outcome::Retry { at, reason }
        })
    }
}
