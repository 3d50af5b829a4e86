//! What is read of those whom a post is meant for. Its author is not among them.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::category::right::AUDIENCE;
use crate::post::Opened;

record! {
    /// Somebody whom a post is meant for.
    #[derive(Clone, Debug)]
    pub(in crate::post) struct ReaderRow from "a" {
        pub(in crate::post) id: AccountId,
        pub(in crate::post) username: String,
        pub(in crate::post) name: String,
        pub(in crate::post) department: Option<String> = "d.name",
        /// When they read it, and not when before it had to be read.
        pub(in crate::post) read_at: Option<Timestamp> = "CASE WHEN s.first_read_at < p.must_read_at THEN NULL ELSE s.first_read_at END",
    }
}

/// `$1` category, `$2` post, `$3` author. Whoever read it before it had to be read counts, with no time told.
const WHO: &str = concatcp!(
    " FROM board_post p CROSS JOIN account a LEFT JOIN board_reading s ON s.post = $2 AND s.account_id = a.id \
     LEFT JOIN department_membership m ON m.account_id = a.id AND m.until IS NULL \
     LEFT JOIN department d ON d.id = m.department_id WHERE p.serial = $2 AND a.id <> $3 AND ",
    AUDIENCE
);

/// How many a post is meant for, and how many of them have read it.
pub(super) async fn count(conn: &mut Conn, post: &Opened) -> Result<(u64, u64), DbError> {
    const SQL: &str = concatcp!("SELECT COUNT(*), COUNT(s.post)", WHO);
    let values = params![post.category_id, post.serial, post.author_id];
    let (all, read): (i64, i64) = conn.one(SQL, values).await?;
    let count = |number| u64::try_from(number).unwrap_or_default();
    Ok((count(all), count(read)))
}

/// A page of those who have read it, the last first, or of those who have not, by name.
pub(super) async fn people(
    conn: &mut Conn,
    post: &Opened,
    has_read: bool,
    page: NumberedPage,
) -> Result<Vec<ReaderRow>, DbError> {
    const SELECT: &str = concatcp!("SELECT ", ReaderRow::COLUMNS, WHO);
    const READ: &str = concatcp!(
        SELECT,
        " AND s.post IS NOT NULL ORDER BY s.first_read_at DESC, a.id LIMIT $4 OFFSET $5"
    );
    const NOT_YET: &str = concatcp!(
        SELECT,
        " AND s.post IS NULL ORDER BY a.name, a.id LIMIT $4 OFFSET $5"
    );
    let (limit, offset) = (page.limit(), page.offset());
    let values = params![post.category_id, post.serial, post.author_id, limit, offset];
    conn.all(if has_read { READ } else { NOT_YET }, values)
        .await
}

/// Pins a post, or takes it down.
pub(super) async fn set_pinned(
    tx: &mut Tx,
    serial: i64,
    at: Option<Timestamp>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_post SET pinned_at = $2 WHERE serial = $1";
    tx.execute(SQL, params![serial, at]).await.map(|_| ())
}

/// Makes a post one that must be read, or no longer. When it was reminded of stays: taking the mark away and setting it
/// again is no way to remind more often.
pub(super) async fn set_must_read(
    tx: &mut Tx,
    serial: i64,
    at: Option<Timestamp>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_post SET must_read_at = $2 WHERE serial = $1";
    tx.execute(SQL, params![serial, at]).await.map(|_| ())
}

/// Those who have not read it have been reminded.
pub(super) async fn set_reminded(tx: &mut Tx, serial: i64, at: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_post SET reminded_at = $2 WHERE serial = $1";
    tx.execute(SQL, params![serial, at]).await.map(|_| ())
}
