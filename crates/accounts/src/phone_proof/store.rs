//! The rows of `phone_proof` and `sms_message`, and the phone's part of `account`.

use std::time::Duration;

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::AccountId;

/// Marks the id of a proof under way.
pub enum Proof {}
/// Marks the id of a text message.
pub enum Message {}

record! {
    /// A number on its way to being proven.
    pub struct ProofRow from "phone_proof" {
        pub id: Id<Proof>,
        pub phone: Vec<u8>,
        pub code_mac: Vec<u8>,
        pub expires_at: Timestamp,
    }
}

pub(super) async fn start(
    tx: &mut Tx,
    account: AccountId,
    id: Id<Proof>,
    phone: &[u8],
    code_mac: &[u8; 32],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO phone_proof (account_id, id, phone, code_mac, created_at, expires_at, attempts) \
        VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, \
        phone = excluded.phone, code_mac = excluded.code_mac, created_at = excluded.created_at, \
        expires_at = excluded.expires_at, attempts = 0";
    tx.execute(SQL, params![account, id, phone, code_mac, now, expires_at])
        .await
        .map(|_| ())
}

/// Spends a try; `None` where there is none left, or no code that still counts.
pub(super) async fn spend_try(
    tx: &mut Tx,
    account: AccountId,
    tries: u32,
    now: Timestamp,
) -> Result<Option<ProofRow>, DbError> {
    const SQL: &str = concatcp!(
        "UPDATE phone_proof SET attempts = attempts + 1 \
        WHERE account_id = $1 AND attempts < $2 AND expires_at > $3 RETURNING ",
        ProofRow::COLUMNS
    );
    tx.optional(SQL, params![account, i64::from(tries), now])
        .await
}

/// The proof that an account has begun, where its code still counts.
pub(super) async fn under_way(
    conn: &mut Conn,
    account: AccountId,
    tries: u32,
    now: Timestamp,
) -> Result<Option<ProofRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ProofRow::COLUMNS,
        " FROM phone_proof WHERE account_id = $1 AND attempts < $2 AND expires_at > $3"
    );
    conn.optional(SQL, params![account, i64::from(tries), now])
        .await
}

pub(super) async fn finish(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM phone_proof WHERE account_id = $1",
        params![account],
    )
    .await
    .map(|_| ())
}

pub(super) async fn set_phone(
    tx: &mut Tx,
    account: AccountId,
    phone: &[u8],
    masked: &str,
    version: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE account SET phone = $2, phone_masked = $3, phone_proven_at = $4, version = $5 \
        WHERE id = $1 AND version = $5 - 1";
    Ok(tx
        .execute(SQL, params![account, phone, masked, now, version])
        .await?
        == 1)
}

/// Notes that the number an account has was proven again.
pub(super) async fn proven_again(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE account SET phone_proven_at = $2 WHERE id = $1";
    tx.execute(SQL, params![account, now]).await.map(|_| ())
}

pub(super) async fn insert_message(
    tx: &mut Tx,
    id: Id<Message>,
    account: AccountId,
    phone: &[u8],
    text: &[u8],
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO sms_message (id, account_id, phone, text, created_at) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(SQL, params![id, account, phone, text, now])
        .await
        .map(|_| ())
}

pub(super) async fn message(
    conn: &mut Conn,
    id: Id<Message>,
) -> Result<Option<(Option<Vec<u8>>, Option<Vec<u8>>)>, DbError> {
    const SQL: &str = "SELECT phone, text FROM sms_message WHERE id = $1 AND sent_at IS NULL AND failed_at IS NULL";
    conn.optional(SQL, params![id]).await
}

/// Erases number and text of a message that was sent or given up.
pub(super) async fn erase_message(
    tx: &mut Tx,
    id: Id<Message>,
    sent: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    const SENT: &str =
        "UPDATE sms_message SET phone = NULL, text = NULL, sent_at = $2 WHERE id = $1";
    const FAILED: &str =
        "UPDATE sms_message SET phone = NULL, text = NULL, failed_at = $2 WHERE id = $1";
    tx.execute(if sent { SENT } else { FAILED }, params![id, now])
        .await
        .map(|_| ())
}

/// Forgets numbers that nobody proved in time, a day later.
pub(crate) async fn sweep_proofs(tx: &mut Tx, now: Timestamp, most: u32) -> Result<u64, DbError> {
    // The time is asked twice: a proof that is begun anew meanwhile stays.
    const SQL: &str = "DELETE FROM phone_proof WHERE expires_at < $1 AND account_id IN \
        (SELECT account_id FROM phone_proof WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    let day = now.minus(Duration::from_hours(24));
    tx.execute(SQL, params![day, i64::from(most)]).await
}

/// Forgets messages of a month ago, sent or not: no code in them counts any more.
pub(crate) async fn sweep_messages(tx: &mut Tx, now: Timestamp, most: u32) -> Result<u64, DbError> {
    const SQL: &str = "DELETE FROM sms_message WHERE id IN \
        (SELECT id FROM sms_message WHERE created_at < $1 ORDER BY created_at LIMIT $2)";
    let month = now.minus(Duration::from_hours(30 * 24));
    tx.execute(SQL, params![month, i64::from(most)]).await
}
