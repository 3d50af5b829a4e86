//! What is kept of a person: what they were told and what they have chosen, which they take with them and which goes
//! when their account is erased. That they made others be told stays, without their name.

use std::sync::Arc;

use hanok_accounts::AccountId;
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};
use serde_json::{Value, json};

use crate::context::Notifications;
use crate::preference::{self, NotificationPreferences, Preferences};

/// The most notifications that are taken along.
const MOST: usize = 20_000;

type Of = (
    String,
    String,
    String,
    Option<String>,
    Timestamp,
    Timestamp,
    Option<Timestamp>,
);

const ALL: &str = "SELECT type, subject_kind, subject_id, anchor, created_at, updated_at, read_at FROM notification \
    WHERE account_id = $1 AND withdrawn_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT $2";

/// Parts go with their notification.
const ROWS: [&str; 5] = [
    "DELETE FROM notification WHERE account_id = $1",
    "DELETE FROM notification_counter WHERE account_id = $1",
    "DELETE FROM notification_preference WHERE account_id = $1",
    "DELETE FROM notification_schedule WHERE account_id = $1",
    "DELETE FROM notification_digest WHERE account_id = $1",
];

/// What a person was told.
pub(crate) fn personal_data(notifications: &Notifications) -> PersonalData {
    let notifications = notifications.clone();
    PersonalData {
        file: "notifications.json",
        read: Arc::new(move |account| {
            let notifications = notifications.clone();
            Box::pin(async move {
                let found = notifications.all_of(account).await;
                found.map_err(|error| error.to_string())
            })
        }),
    }
}

/// Takes away what a person was told.
pub(crate) fn erasure() -> ErasePersonal {
    Arc::new(|tx: &mut Tx, account: AccountId, _now: Timestamp| {
        Box::pin(async move {
            for sql in ROWS {
                tx.execute(sql, params![account]).await?;
            }
            Ok(())
        })
    })
}

impl Notifications {
    async fn all_of(&self, account: AccountId) -> Result<Value, DbError> {
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
            let rows = conn.all::<Of>(ALL, params![account, most]).await?;
            Ok::<_, DbError>((rows, preference::of(conn, account).await?))
        });
        let (rows, chosen): (Vec<Of>, Preferences) = read.await?;
        let truncated = rows.len() > MOST;
        let told = |(kind, subject, id, anchor, first, last, read): Of| json!({ "type": kind, "subject": subject, "id": id, "anchor": anchor, "first_at": first, "last_at": last, "read_at": read });
        let all: Vec<Value> = rows.into_iter().take(MOST).map(told).collect();
        let chosen = NotificationPreferences::of(&chosen);
        Ok(json!({ "notifications": all, "truncated": truncated, "preferences": chosen }))
    }
}
