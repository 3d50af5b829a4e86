//! The rows of `account_closing`.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::AccountId;

record! {
    /// An account that its person has closed.
    #[derive(Clone, Debug)]
    pub(crate) struct ClosingRow from "account_closing" {
        pub(crate) erase_at: Timestamp,
        pub(crate) erased_at: Option<Timestamp>,
    }
}

/// What became of opening an account again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reopened {
    /// It was not closed.
    NotClosed,
    /// It was, and is open again.
    Opened,
    /// It is erased already.
    Erased,
}

/// Notes that an account was closed.
pub(crate) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
    erase_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO account_closing (account_id, asked_at, erase_at) VALUES ($1, $2, $3) \
        ON CONFLICT (account_id) DO UPDATE SET asked_at = excluded.asked_at, erase_at = excluded.erase_at";
    tx.execute(SQL, params![account, now, erase_at])
        .await
        .map(|_| ())
}

/// How an account that was closed stands.
pub(crate) async fn find(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Option<ClosingRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ClosingRow::COLUMNS,
        " FROM account_closing WHERE account_id = $1"
    );
    conn.optional(SQL, params![account]).await
}

/// Takes the closing of an account back, unless it is erased.
pub(crate) async fn reopen(tx: &mut Tx, account: AccountId) -> Result<Reopened, DbError> {
    const SQL: &str = "DELETE FROM account_closing WHERE account_id = $1 AND erased_at IS NULL";
    if tx.execute(SQL, params![account]).await? == 1 {
        return Ok(Reopened::Opened);
    }
    let is_there = find(tx, account).await?.is_some();
    Ok(if is_there {
        Reopened::Erased
    } else {
        Reopened::NotClosed
    })
}

/// Since when an account is to be erased, and which one it is.
pub(super) type Due = (Timestamp, AccountId);

/// Accounts whose grace is over behind `after`, the longest waiting first.
pub(super) async fn due(
    conn: &mut Conn,
    now: Timestamp,
    after: Option<Due>,
    most: u32,
) -> Result<Vec<Due>, DbError> {
    const SQL: &str = "SELECT erase_at, account_id FROM account_closing WHERE erased_at IS NULL AND erase_at <= $1 \
        AND (erase_at, account_id) > ($2, $3) ORDER BY erase_at, account_id LIMIT $4";
    let first = (
        Timestamp::from_micros(i64::MIN),
        AccountId::from_uuid(uuid::Uuid::nil()),
    );
    let (at, account) = after.unwrap_or(first);
    conn.all(SQL, params![now, at, account, most]).await
}

/// Notes that an account is erased.
pub(super) async fn erased(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str =
        "UPDATE account_closing SET erased_at = $2 WHERE account_id = $1 AND erased_at IS NULL";
    Ok(tx.execute(SQL, params![account, now]).await? == 1)
}
