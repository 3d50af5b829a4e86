//! The end of what is old: notifications are kept for 90 days.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, Value, params, record};
use hanok_events::Schedule;

use crate::context::Notifications;
use crate::store::{self, NotificationId, places};

/// How long a notification is kept after its newest part.
const KEPT: Duration = Duration::from_hours(90 * 24);
/// How many go in one unit.
const PORTION: u32 = 200;

record! {
    /// A notification that is old.
    struct Old {
        id: NotificationId,
        account_id: AccountId,
        seq: i64,
        is_unread: bool = "read_at IS NULL AND withdrawn_at IS NULL",
    }
}

/// What of a person's went.
#[derive(Default)]
struct Lost {
    unread: i64,
    /// The highest number.
    upto: i64,
}

/// The statement of what is old: `$1` before when, `$2` how many.
pub(crate) const OLD: &str =
    "SELECT id FROM notification WHERE updated_at < $1 ORDER BY updated_at LIMIT $2";

/// Takes away what is old, once a day.
pub(crate) fn schedule(notifications: &Notifications) -> Schedule {
    let notifications = notifications.clone();
    Schedule {
        name: "notifications.forget",
        every: Duration::from_hours(24),
        run: Arc::new(move |now| {
            let notifications = notifications.clone();
            Box::pin(async move {
                let done = notifications.forget(now.minus(KEPT)).await;
                done.map_err(|error| error.to_string())
            })
        }),
    }
}

impl Notifications {
    /// Takes away what is older, portion by portion.
    async fn forget(&self, before: Timestamp) -> Result<(), DbError> {
        let unit = async move |tx: &mut Tx| forget_some(tx, before).await;
        while self.accounts.db.write(unit).await? {}
        Ok(())
    }
}

/// Takes a portion away; whether there may be more.
async fn forget_some(tx: &mut Tx, before: Timestamp) -> Result<bool, DbError> {
    let ids: Vec<NotificationId> = tx.all(OLD, params![before, PORTION]).await?;
    let mut lost: BTreeMap<AccountId, Lost> = BTreeMap::new();
    for old in hold(tx, &ids, before).await? {
        tx.execute("DELETE FROM notification WHERE id = $1", params![old.id])
            .await?;
        let lost = lost.entry(old.account_id).or_default();
        lost.unread += i64::from(old.is_unread);
        lost.upto = lost.upto.max(old.seq);
    }
    for (account, lost) in lost {
        store::note_forgotten(tx, account, lost.unread, lost.upto).await?;
    }
    Ok(u32::try_from(ids.len()).is_ok_and(|count| count >= PORTION))
}

/// Holds those of these that are still old, in the order in which every unit holds them.
async fn hold(tx: &mut Tx, ids: &[NotificationId], before: Timestamp) -> Result<Vec<Old>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM notification WHERE updated_at < $1 AND id IN ({}) ORDER BY account_id, id /*for_update*/",
        Old::COLUMNS,
        places(2, ids.len())
    );
    let mut values = params![before].to_vec();
    values.extend(ids.iter().map(|id| Value::Uuid(id.uuid())));
    tx.all(&sql, &values).await
}
