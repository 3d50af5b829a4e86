//! What is read of a person's notifications, and marked as read.

use std::collections::HashMap;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::paging::{NumberedPage, PageRequest};
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::preference::{QuietHours, TimeOfDay};
use crate::shown::Row;
use crate::store::{NotificationId, named};

record! {
    /// A person's numbers.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Counter {
        /// What they sign in with.
        pub(crate) username: String = "a.username",
        /// The last number that was taken.
        pub(crate) seq: i64 = "COALESCE(c.seq, 0)",
        /// How many are neither read nor withdrawn.
        pub(crate) unread: i64 = "COALESCE(c.unread, 0)",
        /// The highest number that is not kept any more.
        pub(crate) forgotten: i64 = "COALESCE(c.forgotten, 0)",
        /// When they want it quiet.
        pub(crate) quiet_from: Option<TimeOfDay> = "q.quiet_from",
        pub(crate) quiet_to: Option<TimeOfDay> = "q.quiet_to",
    }
}

impl Counter {
    /// When its person wants it quiet.
    pub(crate) fn quiet(&self) -> Option<QuietHours> {
        let hours = self.quiet_from.zip(self.quiet_to);
        hours.map(|(from, to)| QuietHours { from, to })
    }
}

const OF: &str = " FROM account a LEFT JOIN notification_counter c ON c.account_id = a.id \
    LEFT JOIN notification_schedule q ON q.account_id = a.id";

/// The numbers of a person.
pub(crate) async fn counter(conn: &mut Conn, account: AccountId) -> Result<Counter, DbError> {
    const SQL: &str = concatcp!("SELECT ", Counter::COLUMNS, OF, " WHERE a.id = $1");
    conn.one(SQL, params![account]).await
}

/// The numbers of these people.
pub(crate) async fn counters(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Counter>, DbError> {
    let (places, values) = named(accounts);
    let sql = format!(
        "SELECT a.id, {}{OF} WHERE a.id IN ({places})",
        Counter::COLUMNS
    );
    let found: Vec<(AccountId, Counter)> = conn.all(&sql, &values).await?;
    Ok(found.into_iter().collect())
}

/// The numbers of a person, and how many notifications they have, read or not.
pub(crate) async fn counted(
    conn: &mut Conn,
    account: AccountId,
) -> Result<(Counter, i64), DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Counter::COLUMNS,
        ", (SELECT COUNT(*) FROM notification n WHERE n.account_id = a.id AND n.withdrawn_at IS NULL)",
        OF,
        " WHERE a.id = $1"
    );
    conn.one(SQL, params![account]).await
}

/// A page is chosen first, and only of its rows is read who made them.
const PAGE: &str = concatcp!("SELECT ", Row::COLUMNS, " FROM (");
const LIST: &str = concatcp!(
    PAGE,
    "SELECT m.* FROM notification m WHERE m.account_id = $1 AND m.withdrawn_at IS NULL"
);
const UNREAD: &str = " AND m.read_at IS NULL";
const NEWEST: &str = " ORDER BY m.updated_at DESC, m.id DESC";
const OLDEST: &str = " ORDER BY m.updated_at, m.id";
const SHOWN_NEWEST: &str = ") n ORDER BY n.updated_at DESC, n.id DESC";
const SHOWN_OLDEST: &str = ") n ORDER BY n.updated_at, n.id";
const NUMBERED: &str = concatcp!(NEWEST, " LIMIT $2 OFFSET $3", SHOWN_NEWEST);

/// The statement of a numbered page: `$1` the account, `$2` how many, `$3` behind how many.
pub(crate) const fn numbered(is_unread: bool) -> &'static str {
    if is_unread {
        concatcp!(LIST, UNREAD, NUMBERED)
    } else {
        concatcp!(LIST, NUMBERED)
    }
}

/// The statement of a page behind or before a row: `$1` the account, `$2` how many, `$3` and `$4` the row's place.
pub(crate) const fn beside(is_unread: bool, is_backwards: bool) -> &'static str {
    const BEHIND: &str = concatcp!(
        " AND (m.updated_at, m.id) < ($3, $4)",
        NEWEST,
        " LIMIT $2",
        SHOWN_NEWEST
    );
    const BEFORE: &str = concatcp!(
        " AND (m.updated_at, m.id) > ($3, $4)",
        OLDEST,
        " LIMIT $2",
        SHOWN_OLDEST
    );
    match (is_unread, is_backwards) {
        (false, false) => concatcp!(LIST, BEHIND),
        (false, true) => concatcp!(LIST, BEFORE),
        (true, false) => concatcp!(LIST, UNREAD, BEHIND),
        (true, true) => concatcp!(LIST, UNREAD, BEFORE),
    }
}

/// A page of a person's notifications, the newest first.
pub(crate) async fn page(
    conn: &mut Conn,
    account: AccountId,
    is_unread: bool,
    page: NumberedPage,
) -> Result<Vec<Row>, DbError> {
    // One more than is shown: whether there is a page behind.
    let (most, skip) = (page.limit() + 1, page.offset());
    conn.all(numbered(is_unread), params![account, most, skip])
        .await
}

/// The rows of a page that is asked for by its neighbour, in the order in which they were read.
pub(crate) async fn page_beside(
    conn: &mut Conn,
    account: AccountId,
    is_unread: bool,
    request: &PageRequest,
) -> Result<Vec<Row>, DbError> {
    let most = request.rows();
    let Some(cursor) = request.cursor() else {
        let values = params![account, most, 0_i64];
        return conn.all(numbered(is_unread), values).await;
    };
    let values = params![account, most, cursor.key, cursor.id];
    conn.all(beside(is_unread, cursor.backwards), values).await
}

/// One of a person's notifications, a withdrawn one too.
pub(crate) async fn find(
    conn: &mut Conn,
    account: AccountId,
    id: NotificationId,
) -> Result<Option<Row>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Row::COLUMNS,
        " FROM notification n WHERE n.account_id = $1 AND n.id = $2"
    );
    conn.optional(SQL, params![account, id]).await
}

/// These notifications and whose they are.
pub(crate) async fn of_ids(
    conn: &mut Conn,
    ids: &[NotificationId],
) -> Result<Vec<(AccountId, Row)>, DbError> {
    let (places, values) = named(ids);
    let sql = format!(
        "SELECT n.account_id, {} FROM notification n WHERE n.id IN ({places})",
        Row::COLUMNS
    );
    conn.all(&sql, &values).await
}

/// The statement of what changed after a number: `$1` the account, `$2` the number, `$3` up to which, `$4` how many.
pub(crate) const SINCE: &str = concatcp!(
    "SELECT ",
    Row::COLUMNS,
    " FROM notification n WHERE n.account_id = $1 AND n.seq > $2 AND n.seq <= $3 ORDER BY n.seq LIMIT $4"
);

/// What of a person's notifications changed after a number, in the order of its change, with the numbers that it is
/// complete up to.
pub(crate) async fn since(
    conn: &mut Conn,
    account: AccountId,
    after: u64,
    most: usize,
) -> Result<(Counter, Vec<Row>), DbError> {
    let counter = counter(conn, account).await?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = params![account, after, counter.seq, most];
    let rows = conn.all(SINCE, values).await?;
    Ok((counter, rows))
}

/// Marks one as read; how many were not.
pub(crate) async fn mark_read(
    tx: &mut Tx,
    account: AccountId,
    id: NotificationId,
    now: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE notification SET read_at = $3 \
        WHERE account_id = $1 AND id = $2 AND read_at IS NULL AND withdrawn_at IS NULL";
    tx.execute(SQL, params![account, id, now]).await
}

/// Marks all as read whose number is not higher; how many were not. They are held in the order in which every unit
/// holds them.
pub(crate) async fn mark_all_read(
    tx: &mut Tx,
    account: AccountId,
    upto: i64,
    now: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE notification SET read_at = $3 WHERE id IN (SELECT n.id FROM notification n \
        WHERE n.account_id = $1 AND n.seq <= $2 AND n.read_at IS NULL AND n.withdrawn_at IS NULL \
        ORDER BY n.id /*for_no_key_update*/)";
    tx.execute(SQL, params![account, upto, now]).await
}
