//! The rows of `mail_message` and `email_proof`, and the e-mail's part of `account`.

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::AccountId;

/// Marks the id of a letter.
pub(crate) enum MailMessage {}
/// Marks the id of an address on its way to being verified.
pub(crate) enum EmailProof {}

record! {
    /// An address on its way to being verified.
    pub(crate) struct ProofRow from "email_proof" {
        pub id: Id<EmailProof>,
        pub account_id: AccountId,
        pub email: Vec<u8>,
        pub expires_at: Timestamp,
    }
}

/// A letter that is still to be sent.
pub(super) type Waiting = (AccountId, Vec<u8>, Timestamp);

pub(super) async fn insert(
    tx: &mut Tx,
    id: Id<MailMessage>,
    account: AccountId,
    letter: &[u8],
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str =
        "INSERT INTO mail_message (id, account_id, letter, created_at) VALUES ($1, $2, $3, $4)";
    tx.execute(SQL, params![id, account, letter, now])
        .await
        .map(|_| ())
}

pub(super) async fn waiting(
    conn: &mut Conn,
    id: Id<MailMessage>,
) -> Result<Option<Waiting>, DbError> {
    const SQL: &str = "SELECT account_id, letter, created_at FROM mail_message \
        WHERE id = $1 AND letter IS NOT NULL AND sent_at IS NULL AND failed_at IS NULL";
    conn.optional(SQL, params![id]).await
}

/// Erases a letter that was sent or given up.
pub(super) async fn erase(
    tx: &mut Tx,
    id: Id<MailMessage>,
    sent: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    const SENT: &str = "UPDATE mail_message SET letter = NULL, sent_at = $2 WHERE id = $1";
    const FAILED: &str = "UPDATE mail_message SET letter = NULL, failed_at = $2 WHERE id = $1";
    tx.execute(if sent { SENT } else { FAILED }, params![id, now])
        .await
        .map(|_| ())
}

/// An address to be verified.
pub(super) struct NewProof<'a> {
    pub id: Id<EmailProof>,
    pub account: AccountId,
    pub email: &'a [u8],
    pub email_masked: &'a str,
    pub token_hash: [u8; 32],
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

/// One at a time: a new address or a new letter replaces the one before.
pub(super) async fn start(tx: &mut Tx, new: &NewProof<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO email_proof (account_id, id, email, email_masked, token_hash, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, \
        email = excluded.email, email_masked = excluded.email_masked, token_hash = excluded.token_hash, \
        created_at = excluded.created_at, expires_at = excluded.expires_at";
    let values = params![
        new.account,
        new.id,
        new.email,
        new.email_masked,
        new.token_hash,
        new.now,
        new.expires_at
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// The proof of a token that still counts.
pub(super) async fn proof(
    conn: &mut Conn,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<ProofRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ProofRow::COLUMNS,
        " FROM email_proof WHERE token_hash = $1 AND expires_at > $2"
    );
    conn.optional(SQL, params![token_hash, now]).await
}

/// The masked address that an account is to verify, and until when.
pub(super) async fn under_way(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, DbError> {
    const SQL: &str = "SELECT email_masked, expires_at FROM email_proof WHERE account_id = $1 AND expires_at > $2";
    conn.optional(SQL, params![account, now]).await
}

/// Uses a token up; `false` where that was done meanwhile.
pub(super) async fn finish(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<bool, DbError> {
    const SQL: &str = "DELETE FROM email_proof WHERE token_hash = $1";
    Ok(tx.execute(SQL, params![token_hash]).await? == 1)
}

/// Forgets what an account began to verify: its link counts no more.
pub(crate) async fn forget_proof(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM email_proof WHERE account_id = $1";
    tx.execute(SQL, params![account]).await.map(|_| ())
}

pub(super) async fn set_email(
    tx: &mut Tx,
    account: AccountId,
    email: &[u8],
    masked: &str,
    version: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE account SET email = $2, email_masked = $3, email_verified_at = $4, version = $5 \
        WHERE id = $1 AND version = $5 - 1";
    Ok(tx
        .execute(SQL, params![account, email, masked, now, version])
        .await?
        == 1)
}

/// Forgets addresses that nobody verified, and letters that are long gone.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM email_proof WHERE expires_at < $1",
        params![now],
    )
    .await?;
    let month = now.minus(std::time::Duration::from_hours(30 * 24));
    tx.execute(
        "DELETE FROM mail_message WHERE letter IS NULL AND created_at < $1",
        params![month],
    )
    .await
    .map(|_| ())
}
