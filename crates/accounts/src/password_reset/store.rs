//! The rows of `password_reset_ask` and `password_reset`, and the reset's part of `account`.

use std::time::Duration;

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

use super::HELD_SINCE;
use crate::AccountId;

/// Marks the id of what somebody asked.
pub(crate) enum Ask {}

record! {
    /// What somebody asked: whose password, sealed, and from where.
    pub(super) struct AskRow from "password_reset_ask" {
        pub id: Id<Ask>,
        pub name: Vec<u8>,
        pub locale: String,
        pub address: String,
        pub agent: String,
        pub request_id: String,
    }
}

pub(super) async fn insert_ask(tx: &mut Tx, row: &AskRow, now: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO password_reset_ask (id, name, locale, address, agent, request_id, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        row.id,
        row.name,
        row.locale,
        row.address,
        row.agent,
        row.request_id,
        now
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Takes what was asked; `None` where that was done before.
pub(super) async fn take_ask(tx: &mut Tx, id: Id<Ask>) -> Result<Option<AskRow>, DbError> {
    const SQL: &str = concatcp!(
        "DELETE FROM password_reset_ask WHERE id = $1 RETURNING ",
        AskRow::COLUMNS
    );
    tx.optional(SQL, params![id]).await
}

/// One link at a time: a new one replaces the one before.
pub(super) async fn start(
    tx: &mut Tx,
    account: AccountId,
    token_hash: &[u8; 32],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO password_reset (account_id, token_hash, created_at, expires_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, \
        created_at = excluded.created_at, expires_at = excluded.expires_at";
    tx.execute(SQL, params![account, token_hash, now, expires_at])
        .await
        .map(|_| ())
}

/// Whose password a link that still counts resets.
pub(super) async fn owner(
    conn: &mut Conn,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<AccountId>, DbError> {
    const SQL: &str =
        "SELECT account_id FROM password_reset WHERE token_hash = $1 AND expires_at > $2";
    let row: Option<(AccountId,)> = conn.optional(SQL, params![token_hash, now]).await?;
    Ok(row.map(|(account,)| account))
}

/// Uses a link up; `false` where it does not count any more.
pub(super) async fn finish(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "DELETE FROM password_reset WHERE token_hash = $1 AND expires_at > $2";
    Ok(tx.execute(SQL, params![token_hash, now]).await? == 1)
}

/// Makes an account's link worthless.
pub(crate) async fn forget(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM password_reset WHERE account_id = $1",
        params![account],
    )
    .await
    .map(|_| ())
}

/// Sets a password by a link; `false` where the account has changed since.
pub(super) async fn set_password(
    tx: &mut Tx,
    account: AccountId,
    hash: &str,
    version: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = concatcp!(
        "UPDATE account SET password_hash = $2, password_changed_at = $3, password_reset_at = ",
        HELD_SINCE,
        ", password_must_change = FALSE, version = $4 WHERE id = $1 AND version = $4 - 1"
    );
    let set = tx
        .execute(SQL, params![account, hash, now, version])
        .await?;
    Ok(set == 1)
}

/// Forgets links whose time is over, and what was asked and never came to anything.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    const LINKS: &str = "DELETE FROM password_reset WHERE expires_at < $1";
    const ASKED: &str = "DELETE FROM password_reset_ask WHERE created_at < $1";
    tx.execute(LINKS, params![now]).await?;
    let day = now.minus(Duration::from_hours(24));
    tx.execute(ASKED, params![day]).await.map(|_| ())
}
