//! Asking for letters, in the unit that writes or changes notifications.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, Value, params, record};
use hanok_events::{Event, Topic};
use serde::Serialize;

use super::digest;
use crate::change::Change;
use crate::context::Notifications;
use crate::preference::{self, MailWhen};
use crate::store::{MANY, NotificationId, places};
use crate::telling::NotificationType;

/// A letter about a notification is to be written.
#[derive(Serialize)]
struct LetterAsked {
    notification_id: NotificationId,
    /// What its person signs in with.
    receiver: String,
    /// What it is about: the notification's type.
    template: NotificationType,
    /// Its person's language.
    locale: String,
    #[serde(skip)]
    account: AccountId,
}

/// [`LetterAsked`], as handlers know it.
pub(super) const ASKED: &str = LetterAsked::TYPE;

impl Event for LetterAsked {
    const TYPE: &'static str = "notification.letter_asked";
    const TOPIC: Topic = Topic::EmailNotifications;

    fn key(&self) -> String {
        self.account.to_string()
    }
}

record! {
    /// Somebody who can be written to.
    struct Reader {
        id: AccountId,
        locale: Option<String>,
    }
}

impl Notifications {
    /// Asks for the letters of what is told or grows, each change with its person's number: at once for those who want
    /// them so, of one notification once, and for those who want them once a day in their next morning.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn ask_for_letters(
        &self,
        tx: &mut Tx,
        changes: &[(Change, i64)],
        now: Timestamp,
    ) -> Result<(), DbError> {
        let more = changes.iter().filter(|(change, _)| change.tells_more());
        let concerned: BTreeSet<AccountId> = more.clone().map(|(it, _)| it.account).collect();
        let concerned: Vec<AccountId> = concerned.into_iter().collect();
        if concerned.is_empty() {
            return Ok(());
        }
        let chosen = preference::of_many(tx, &concerned).await?;
        let readers = readers(tx, &concerned).await?;
        // By ascending account, as every unit takes these rows.
        let mut daily: BTreeMap<AccountId, i64> = BTreeMap::new();
        for (change, seq) in more {
            let chosen = chosen.get(&change.account);
            let reader = readers.get(&change.account);
            let (Some(chosen), Some(locale)) = (chosen, reader) else {
                continue;
            };
            match chosen.of(change.kind).mail {
                MailWhen::Now => self.ask(tx, change, locale.as_deref(), now).await?,
                MailWhen::Daily => {
                    let first = daily.entry(change.account).or_insert(*seq);
                    *first = (*first).min(*seq);
                }
                MailWhen::Never => {}
            }
        }
        for (account, first) in daily {
            let chosen = chosen.get(&account).cloned().unwrap_or_default();
            let due_at = self.first_morning(&chosen, now);
            digest::enrol(tx, account, due_at, first).await?;
        }
        Ok(())
    }

    /// Asks for a letter, where none was asked for before.
    async fn ask(
        &self,
        tx: &mut Tx,
        change: &Change,
        locale: Option<&str>,
        now: Timestamp,
    ) -> Result<(), DbError> {
        if note_asked(tx, change.id, now).await? {
            let asked = LetterAsked {
                notification_id: change.id,
                receiver: change.username.clone(),
                template: change.kind,
                locale: self.accounts.language(locale).to_string(),
                account: change.account,
            };
            self.accounts.outbox.publish(tx, &asked).await?;
        }
        Ok(())
    }
}

/// Those of the people concerned who can be written to, with the language that each has chosen.
async fn readers(
    conn: &mut Conn,
    concerned: &[AccountId],
) -> Result<HashMap<AccountId, Option<String>>, DbError> {
    let mut found = HashMap::new();
    for some in concerned.chunks(MANY) {
        let sql = format!(
            "SELECT {} FROM account WHERE status = 'active' AND email_verified_at IS NOT NULL AND id IN ({})",
            Reader::COLUMNS,
            places(1, some.len())
        );
        let values: Vec<Value<'_>> = some.iter().map(|id| Value::Uuid(id.uuid())).collect();
        let rows = conn.all::<Reader>(&sql, &values).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row.locale)));
    }
    Ok(found)
}

/// Notes that a letter was asked for; `false` where it was before.
async fn note_asked(tx: &mut Tx, id: NotificationId, now: Timestamp) -> Result<bool, DbError> {
    const SQL: &str =
        "UPDATE notification SET mail_asked_at = $2 WHERE id = $1 AND mail_asked_at IS NULL";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}
