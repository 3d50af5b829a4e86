//! What a sign-in reads and writes of `account`.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::AccountId;
use crate::account::AccountStatus;

record! {
    /// What is needed to check a password.
    #[derive(Debug)]
    pub struct CredentialRow from "account" {
        pub id: AccountId,
        pub version: i64,
        pub status: AccountStatus,
        pub password_hash: Option<String>,
        pub password_must_change: bool,
    }
}

pub(super) async fn by_username(
    conn: &mut Conn,
    key: &str,
) -> Result<Option<CredentialRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        CredentialRow::COLUMNS,
        " FROM account WHERE username_key = $1"
    );
    conn.optional(SQL, params![key]).await
}

pub(super) async fn by_id(
    conn: &mut Conn,
    id: AccountId,
) -> Result<Option<CredentialRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        CredentialRow::COLUMNS,
        " FROM account WHERE id = $1"
    );
    conn.optional(SQL, params![id]).await
}

/// Notes that an account has signed in.
pub(crate) async fn signed_in(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "UPDATE account SET last_login_at = $2 WHERE id = $1";
    tx.execute(SQL, params![id, now]).await.map(|_| ())
}

/// Replaces a hash by a better one of the same password, unless it has changed meanwhile.
pub(super) async fn upgrade_hash(
    tx: &mut Tx,
    id: AccountId,
    old: &str,
    new: &str,
) -> Result<(), DbError> {
    const HISTORY: &str =
        "UPDATE password_history SET hash = $3 WHERE account_id = $1 AND hash = $2";
    const SQL: &str = "UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    tx.execute(SQL, params![id, old, new]).await?;
    tx.execute(HISTORY, params![id, old, new]).await.map(|_| ())
}

/// Sets a password that the person chose.
pub(super) async fn set_password(
    tx: &mut Tx,
    id: AccountId,
    hash: &str,
    version: i64,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE account SET password_hash = $2, password_changed_at = $3, \
        password_must_change = FALSE, version = $4 WHERE id = $1";
    tx.execute(SQL, params![id, hash, now, version])
        .await
        .map(|_| ())
}
