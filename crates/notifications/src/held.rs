//! The unread notifications that a unit holds while it changes them, always in the order of their accounts.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, Value, params, record};

use crate::store::{MANY, NotificationId, places};
use crate::subject::Subject;
use crate::telling::NotificationType;

record! {
    /// An unread notification that a unit holds.
    #[derive(Clone, Debug)]
    pub(crate) struct Held from "n" {
        pub(crate) id: NotificationId,
        pub(crate) account: AccountId = "n.account_id",
        // Not by a join: the person's row is not to be held.
        pub(crate) username: String = "(SELECT a.username FROM account a WHERE a.id = n.account_id)",
        pub(crate) kind: NotificationType = "n.type",
        pub(crate) subject_kind: String,
        pub(crate) subject_id: String,
        pub(crate) anchor: Option<String>,
        pub(crate) updated_at: Timestamp,
    }
}

/// What may still grow: `$1` and `$2` the subject, `$3` the type, `$4` after when it began.
pub(crate) const OPEN: &str = concatcp!(
    "SELECT ",
    Held::COLUMNS,
    " FROM notification n WHERE n.subject_kind = $1 AND n.subject_id = $2 AND n.type = $3 AND n.created_at > $4 \
     AND n.read_at IS NULL AND n.withdrawn_at IS NULL"
);

/// Holds those notifications of these accounts that may still grow: of this type, about this subject, unread and begun
/// after `since`; of each account the one begun last comes last.
pub(crate) async fn hold_open(
    tx: &mut Tx,
    accounts: &[AccountId],
    (subject, kind): (&Subject, NotificationType),
    since: Timestamp,
) -> Result<Vec<Held>, DbError> {
    let mut found = Vec::new();
    for some in accounts.chunks(MANY) {
        let places = places(5, some.len());
        let sql = format!(
            "{OPEN} AND n.account_id IN ({places}) ORDER BY n.account_id, n.created_at, n.id /*for_no_key_update*/"
        );
        let mut values = params![subject.kind, subject.id, kind, since].to_vec();
        values.extend(some.iter().map(|id| Value::Uuid(id.uuid())));
        found.extend(tx.all::<Held>(&sql, &values).await?);
    }
    Ok(found)
}

/// What a source made, or is part of, and nobody has read: `$1` the source.
pub(crate) const MADE_BY: &str = concatcp!(
    "SELECT ",
    Held::COLUMNS,
    " FROM notification n WHERE n.id IN (SELECT s.notification_id FROM notification_source s WHERE s.source = $1) \
     AND n.read_at IS NULL AND n.withdrawn_at IS NULL"
);

/// Holds the unread notifications that this source made, or is part of.
pub(crate) async fn hold_made_by(tx: &mut Tx, source: &str) -> Result<Vec<Held>, DbError> {
    const SQL: &str = concatcp!(
        MADE_BY,
        " ORDER BY n.account_id, n.id /*for_no_key_update*/"
    );
    tx.all(SQL, params![source]).await
}

/// Holds the unread notifications about a subject.
pub(crate) async fn hold_about(tx: &mut Tx, subject: &Subject) -> Result<Vec<Held>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Held::COLUMNS,
        " FROM notification n WHERE n.subject_kind = $1 AND n.subject_id = $2 \
         AND n.read_at IS NULL AND n.withdrawn_at IS NULL ORDER BY n.account_id, n.id /*for_no_key_update*/"
    );
    tx.all(SQL, params![subject.kind, subject.id]).await
}

/// Holds those of a person's notifications that are unread.
pub(crate) async fn hold_unread(
    tx: &mut Tx,
    account: AccountId,
    ids: &[NotificationId],
) -> Result<Vec<Held>, DbError> {
    let sql = format!(
        "SELECT {} FROM notification n WHERE n.account_id = $1 AND n.id IN ({}) \
         AND n.read_at IS NULL AND n.withdrawn_at IS NULL ORDER BY n.id /*for_no_key_update*/",
        Held::COLUMNS,
        places(2, ids.len())
    );
    let mut values = params![account].to_vec();
    values.extend(ids.iter().map(|id| Value::Uuid(id.uuid())));
    tx.all(&sql, &values).await
}
