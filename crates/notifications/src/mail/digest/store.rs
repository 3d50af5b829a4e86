//! The rows of `notification_digest`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Param, Tx, params, record};

use crate::shown::Row;
use crate::store::places;
use crate::telling::NotificationType;

/// How many notifications are looked at for one letter.
const MOST: usize = 500;

record! {
    /// Where somebody stands with letters of the day.
    pub(super) struct Held {
        pub(super) due_at: Timestamp,
        pub(super) upto: i64,
        pub(super) sent_on: Option<String>,
    }
}

/// Notes that somebody has something to be told at `due_at`; what came before the number `first` is not of it, where
/// they have no row yet. Whoever is due stays so.
pub(in crate::mail) async fn enrol(
    tx: &mut Tx,
    account: AccountId,
    due_at: Timestamp,
    first: i64,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO notification_digest (account_id, due_at, upto) VALUES ($1, $2, $3) \
        ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at WHERE notification_digest.due_at IS NULL";
    tx.execute(SQL, params![account, due_at, first - 1])
        .await
        .map(drop)
}

/// Moves a letter that is due to another time.
pub(in crate::mail) async fn move_to(
    tx: &mut Tx,
    account: AccountId,
    due_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str =
        "UPDATE notification_digest SET due_at = $2 WHERE account_id = $1 AND due_at IS NOT NULL";
    tx.execute(SQL, params![account, due_at]).await.map(drop)
}

/// The statement of who is due: `$1` when, `$2` how many.
pub(crate) const DUE: &str = "SELECT account_id FROM notification_digest \
    WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, account_id LIMIT $2";

/// Those who are due, at most so many.
pub(super) async fn due(
    conn: &mut Conn,
    now: Timestamp,
    most: usize,
) -> Result<Vec<AccountId>, DbError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    conn.all(DUE, params![now, most]).await
}

/// Holds the row of somebody who is due; nothing where another was first.
pub(super) async fn hold(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<Held>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Held::COLUMNS,
        " FROM notification_digest WHERE account_id = $1 AND due_at <= $2 /*for_update*/"
    );
    tx.optional(SQL, params![account, now]).await
}

/// Notes that all is told up to a number.
pub(super) async fn finish(
    tx: &mut Tx,
    account: AccountId,
    upto: i64,
    sent_on: Option<&str>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notification_digest SET due_at = NULL, upto = $2, sent_on = $3 WHERE account_id = $1";
    tx.execute(SQL, params![account, upto, sent_on])
        .await
        .map(drop)
}

/// What somebody has not read of these types and was not written to about, of which a part came after a number: the
/// newest first. What only lost a part since was told.
pub(super) async fn untold(
    conn: &mut Conn,
    account: AccountId,
    kinds: &[NotificationType],
    after: i64,
) -> Result<Vec<Row>, DbError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    // Chosen first, and only of these is read who made them.
    let sql = format!(
        "SELECT {} FROM (SELECT m.* FROM notification m WHERE m.account_id = $1 AND m.seq > $2 \
         AND EXISTS (SELECT 1 FROM notification_source s WHERE s.notification_id = m.id AND s.seq > $2) \
         AND m.read_at IS NULL AND m.withdrawn_at IS NULL AND m.mailed_at IS NULL AND m.type IN ({}) \
         ORDER BY m.updated_at DESC, m.id DESC LIMIT {MOST}) n ORDER BY n.updated_at DESC, n.id DESC",
        Row::COLUMNS,
        places(3, kinds.len())
    );
    let mut values = params![account, after].to_vec();
    values.extend(kinds.iter().map(Param::value));
    conn.all(&sql, &values).await
}
