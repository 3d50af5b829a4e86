//! Asking for letters, in the unit that writes or changes notifications.

use std::collections::{BTreeSet, HashMap};

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_base::i18n::Locale;
use hanok_db::{Conn, DbError, Tx, Value, params, record};
use hanok_events::{Event, Topic};
use serde::Serialize;

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
    /// Asks for the letters of what is told or grows, for those who want them at once. Of one notification a letter is
    /// asked for once.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn ask_for_letters(
        &self,
        tx: &mut Tx,
        changes: &[&Change],
        now: Timestamp,
    ) -> Result<(), DbError> {
        let concerned: BTreeSet<AccountId> = changes.iter().map(|it| it.account).collect();
        let concerned: Vec<AccountId> = concerned.into_iter().collect();
        if concerned.is_empty() {
            return Ok(());
        }
        let chosen = preference::of_many(tx, &concerned).await?;
        let wants = |change: &&&Change| {
            let chosen = chosen.get(&change.account);
            chosen.is_some_and(|chosen| chosen.of(change.kind).mail == MailWhen::Now)
        };
        let wanted: Vec<&Change> = changes.iter().filter(wants).copied().collect();
        let readers = readers(tx, &wanted).await?;
        for change in wanted {
            let Some(locale) = readers.get(&change.account) else {
                continue;
            };
            if note_asked(tx, change.id, now).await? {
                let asked = LetterAsked {
                    notification_id: change.id,
                    receiver: change.username.clone(),
                    template: change.kind,
                    locale: self.language(locale.as_deref()).to_string(),
                    account: change.account,
                };
                self.accounts.outbox.publish(tx, &asked).await?;
            }
        }
        Ok(())
    }

    /// The language that somebody has chosen, else the organisation's.
    fn language(&self, chosen: Option<&str>) -> Locale {
        let chosen = chosen.and_then(|tag| tag.parse().ok());
        chosen.unwrap_or_else(|| self.accounts.organisation.get().locale)
    }
}

/// Those of the people concerned who can be written to, with the language that each has chosen.
async fn readers(
    conn: &mut Conn,
    changes: &[&Change],
) -> Result<HashMap<AccountId, Option<String>>, DbError> {
    let concerned: BTreeSet<AccountId> = changes.iter().map(|it| it.account).collect();
    let concerned: Vec<AccountId> = concerned.into_iter().collect();
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
