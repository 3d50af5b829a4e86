//! Who was told what, for apps that judge anew who may see a subject: a portion at a time, so that no unit is long.

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, Value, params};

use crate::context::Notifications;
use crate::held::Held;
use crate::store::{MANY, places};
use crate::subject::Subject;
use crate::telling::NotificationType;

impl Notifications {
    /// Who was told of a source, in whatever type, and has not had it taken back.
    ///
    /// # Errors
    /// The store's.
    pub async fn told_of(&self, conn: &mut Conn, source: &str) -> Result<Vec<AccountId>, DbError> {
        const SQL: &str = "SELECT DISTINCT account_id FROM notification_source WHERE source = $1";
        conn.all(SQL, params![source]).await
    }

    /// Those who have something unread about a subject, by their ids after one: at most `most`.
    ///
    /// # Errors
    /// The store's.
    pub async fn told_about(
        &self,
        conn: &mut Conn,
        subject: &Subject,
        after: Option<AccountId>,
        most: usize,
    ) -> Result<Vec<AccountId>, DbError> {
        const SQL: &str = "SELECT DISTINCT account_id FROM notification \
            WHERE subject_kind = $1 AND subject_id = $2 AND read_at IS NULL AND withdrawn_at IS NULL \
            AND (CAST($3 AS UUID) IS NULL OR account_id > $3) ORDER BY account_id LIMIT $4";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let values = params![subject.kind, subject.id, after, most];
        conn.all(SQL, values).await
    }

    /// The subjects of a kind that somebody has something unread about, by their ids after one (nothing: from the
    /// first): at most `most`.
    ///
    /// # Errors
    /// The store's.
    pub async fn told_subjects(
        &self,
        conn: &mut Conn,
        kind: &str,
        after: &str,
        most: usize,
    ) -> Result<Vec<String>, DbError> {
        const SQL: &str = "SELECT DISTINCT subject_id FROM notification \
            WHERE subject_kind = $1 AND subject_id > $2 AND read_at IS NULL AND withdrawn_at IS NULL \
            ORDER BY subject_id LIMIT $3";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        conn.all(SQL, params![kind, after, most]).await
    }

    /// Takes back what these people were told about a subject, in one type or in all of them. What was read stays. It is
    /// the last thing that a unit does.
    ///
    /// # Errors
    /// The store's.
    pub async fn withdraw_from(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        kind: Option<NotificationType>,
        accounts: &[AccountId],
    ) -> Result<(), DbError> {
        let mut held = hold(tx, subject, accounts).await?;
        held.retain(|held| kind.is_none_or(|kind| held.kind == kind));
        self.withdraw_held(tx, held).await
    }
}

/// Holds the unread notifications of these accounts about a subject.
async fn hold(
    tx: &mut Tx,
    subject: &Subject,
    accounts: &[AccountId],
) -> Result<Vec<Held>, DbError> {
    let mut found = Vec::new();
    for some in accounts.chunks(MANY) {
        let places = places(3, some.len());
        let sql = format!(
            "SELECT {} FROM notification n WHERE n.subject_kind = $1 AND n.subject_id = $2 \
             AND n.account_id IN ({places}) AND n.read_at IS NULL AND n.withdrawn_at IS NULL \
             ORDER BY n.account_id, n.id /*for_no_key_update*/",
            Held::COLUMNS
        );
        let mut values = params![subject.kind, subject.id].to_vec();
        values.extend(some.iter().map(|id| Value::Uuid(id.uuid())));
        found.extend(tx.all::<Held>(&sql, &values).await?);
    }
    Ok(found)
}
