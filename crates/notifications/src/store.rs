//! The rows of `notification` and `notification_source`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, InsertMany, Tx, Value, params, record};

use crate::subject::Subject;
use crate::telling::{NotificationType, Telling};

/// Marks the id of a notification.
pub enum NotificationMark {}

/// The id of a notification.
pub type NotificationId = Id<NotificationMark>;

/// How many accounts one statement names.
pub(crate) const MANY: usize = 200;

record! {
    /// Somebody who can be told something.
    #[derive(Clone, Debug)]
    pub(crate) struct Receiver {
        pub(crate) id: AccountId = "a.id",
        pub(crate) username: String = "a.username",
    }
}

record! {
    /// The newest of what made a notification.
    #[derive(Clone, Debug)]
    pub(crate) struct Newest {
        pub(crate) anchor: Option<String>,
        pub(crate) at: Timestamp,
    }
}

/// Those of these accounts who can be told something of this type: who are there and not erased, and have not chosen
/// otherwise; by ascending id.
pub(crate) async fn receivers(
    conn: &mut Conn,
    accounts: &[AccountId],
    kind: NotificationType,
) -> Result<Vec<Receiver>, DbError> {
    let mut found = Vec::new();
    for some in accounts.chunks(MANY) {
        let places = places(2, some.len());
        let sql = format!(
            "SELECT {} FROM account a WHERE a.id IN ({places}) AND NOT EXISTS (SELECT 1 FROM account_closing c \
             WHERE c.account_id = a.id AND c.erased_at IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM notification_preference p \
             WHERE p.account_id = a.id AND p.type = $1 AND NOT p.here) ORDER BY a.id",
            Receiver::COLUMNS
        );
        let mut values = params![kind].to_vec();
        values.extend(some.iter().map(|id| Value::Uuid(id.uuid())));
        found.extend(conn.all::<Receiver>(&sql, &values).await?);
    }
    Ok(found)
}

/// Which of these accounts were told of this source in this type.
pub(crate) async fn told_of(
    conn: &mut Conn,
    telling: &Telling<'_>,
    accounts: &[AccountId],
) -> Result<Vec<AccountId>, DbError> {
    let mut found = Vec::new();
    for some in accounts.chunks(MANY) {
        let places = places(3, some.len());
        let sql = format!(
            "SELECT account_id FROM notification_source WHERE source = $1 AND type = $2 AND account_id IN ({places})"
        );
        let mut values = params![telling.source, telling.kind].to_vec();
        values.extend(some.iter().map(|id| Value::Uuid(id.uuid())));
        found.extend(conn.all::<AccountId>(&sql, &values).await?);
    }
    Ok(found)
}

/// Forgets a part of a notification and says what is the newest that is left of it.
pub(crate) async fn remove_source(
    tx: &mut Tx,
    id: NotificationId,
    source: &str,
) -> Result<Option<Newest>, DbError> {
    const REMOVE: &str =
        "DELETE FROM notification_source WHERE notification_id = $1 AND source = $2";
    const LEFT: &str = concatcp!(
        "SELECT ",
        Newest::COLUMNS,
        " FROM notification_source WHERE notification_id = $1 ORDER BY at DESC, source DESC LIMIT 1"
    );
    tx.execute(REMOVE, params![id, source]).await?;
    tx.optional(LEFT, params![id]).await
}

/// Forgets what made a notification: it may be told again.
pub(crate) async fn remove_sources(tx: &mut Tx, id: NotificationId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM notification_source WHERE notification_id = $1";
    tx.execute(SQL, params![id]).await.map(|_| ())
}

/// Takes `count` numbers of an account and counts what is unread; returns the last of them and how many are unread then.
pub(crate) async fn take_numbers(
    tx: &mut Tx,
    account: AccountId,
    count: i64,
    unread: i64,
) -> Result<(i64, i64), DbError> {
    // Two statements: what is inserted is checked before the conflict is seen, and a count below nought is refused.
    const MEET: &str = "INSERT INTO notification_counter (account_id, seq, unread) VALUES ($1, 0, 0) \
        ON CONFLICT (account_id) DO NOTHING";
    const TAKE: &str = "UPDATE notification_counter SET seq = seq + $2, unread = unread + $3 \
        WHERE account_id = $1 RETURNING seq, unread";
    let taken = params![account, count, unread];
    if let Some(numbers) = tx.optional(TAKE, taken).await? {
        return Ok(numbers);
    }
    tx.execute(MEET, params![account]).await?;
    tx.one(TAKE, taken).await
}

/// Counts what is not kept any more: so many were unread, and `upto` was the highest number.
pub(crate) async fn note_forgotten(
    tx: &mut Tx,
    account: AccountId,
    unread: i64,
    upto: i64,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notification_counter SET unread = unread - $2, \
        forgotten = CASE WHEN forgotten < $3 THEN $3 ELSE forgotten END WHERE account_id = $1";
    tx.execute(SQL, params![account, unread, upto])
        .await
        .map(|_| ())
}

/// A notification that is told for the first time.
pub(crate) struct NewRow<'a> {
    pub(crate) id: NotificationId,
    pub(crate) account: AccountId,
    pub(crate) seq: i64,
    pub(crate) kind: NotificationType,
    pub(crate) subject: &'a Subject,
    pub(crate) anchor: Option<&'a str>,
    pub(crate) at: Timestamp,
}

/// Keeps new notifications.
pub(crate) async fn insert(tx: &mut Tx, rows: &[NewRow<'_>]) -> Result<(), DbError> {
    static INSERT: InsertMany<9> = InsertMany::new(
        "INSERT INTO notification (id, account_id, seq, type, subject_kind, subject_id, anchor, created_at, updated_at)",
    );
    let values: Vec<[Value<'_>; 9]> = rows
        .iter()
        .map(|row| {
            *params![
                row.id,
                row.account,
                row.seq,
                row.kind,
                row.subject.kind,
                row.subject.id,
                row.anchor,
                row.at,
                row.at
            ]
        })
        .collect();
    INSERT.execute(tx, &values).await
}

/// What makes, or is part of, a notification.
pub(crate) struct SourceRow<'a> {
    pub(crate) notification: NotificationId,
    pub(crate) account: AccountId,
    pub(crate) kind: NotificationType,
    pub(crate) source: &'a str,
    pub(crate) actor: Option<AccountId>,
    pub(crate) anchor: Option<&'a str>,
    pub(crate) at: Timestamp,
    /// The person's number of the change by which it came.
    pub(crate) seq: i64,
}

/// Keeps what made notifications.
pub(crate) async fn insert_sources(tx: &mut Tx, rows: &[SourceRow<'_>]) -> Result<(), DbError> {
    static INSERT: InsertMany<8> = InsertMany::new(
        "INSERT INTO notification_source (notification_id, account_id, type, source, actor_id, anchor, at, seq)",
    );
    let values: Vec<[Value<'_>; 8]> = rows
        .iter()
        .map(|row| {
            *params![
                row.notification,
                row.account,
                row.kind,
                row.source,
                row.actor,
                row.anchor,
                row.at,
                row.seq
            ]
        })
        .collect();
    INSERT.execute(tx, &values).await
}

/// Has a notification show another newest part, under a new number.
pub(crate) async fn renew(
    tx: &mut Tx,
    id: NotificationId,
    seq: i64,
    newest: &Newest,
) -> Result<(), DbError> {
    const SQL: &str =
        "UPDATE notification SET seq = $2, anchor = $3, updated_at = $4 WHERE id = $1";
    tx.execute(SQL, params![id, seq, newest.anchor, newest.at])
        .await
        .map(|_| ())
}

/// Withdraws a notification, under a new number.
pub(crate) async fn withdraw(
    tx: &mut Tx,
    id: NotificationId,
    seq: i64,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notification SET seq = $2, withdrawn_at = $3 WHERE id = $1";
    tx.execute(SQL, params![id, seq, now]).await.map(|_| ())
}

/// `count` parameters from `$first`.
pub(crate) fn places(first: usize, count: usize) -> String {
    let all: Vec<String> = (first..first + count).map(|at| format!("${at}")).collect();
    all.join(", ")
}

/// The places of these ids, from `$1` on, and their values. The last one stands there as often as makes their number a
/// power of two: statements of few lengths stay prepared.
pub(crate) fn named<T>(ids: &[Id<T>]) -> (String, Vec<Value<'static>>) {
    let mut values: Vec<Value<'static>> = ids.iter().map(|id| Value::Uuid(id.uuid())).collect();
    if let Some(last) = ids.last() {
        values.resize(ids.len().next_power_of_two(), Value::Uuid(last.uuid()));
    }
    (places(1, values.len()), values)
}
