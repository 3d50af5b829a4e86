//! The rows of `auth_transaction`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};
use uuid::Uuid;

use super::rules::{FailureReason, Status};
use crate::provider::ProviderId;

/// Marks the id of a transaction.
pub enum Transaction {}

/// The id of a transaction.
pub type TransactionId = Id<Transaction>;

record! {
    /// A transaction.
    #[derive(Clone, Debug)]
    pub struct TransactionRow from "auth_transaction" {
        /// Its id.
        pub id: TransactionId,
        /// Who asked.
        pub provider_id: ProviderId,
        /// Who was asked; a decoy has nobody.
        pub account_id: Option<AccountId>,
        /// Where it stands.
        pub status: Status,
        /// Why it failed.
        pub failure_reason: Option<FailureReason>,
        /// When it was asked.
        pub created_at: Timestamp,
        /// Until when it counts.
        pub expires_at: Timestamp,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
        /// The number the provider shows.
        pub binding_code: i64,
        /// The numbers to pick from, in the order they are shown, with commas.
        pub choices: String,
        /// What the provider says it is for.
        pub binding_message: Option<String>,
        /// What the provider gets back.
        pub state: Option<String>,
        /// How many PINs were tried.
        pub attempts: i64,
        /// The idempotency key that took the result.
        pub result_key: Option<String>,
    }
}

/// A transaction to be written.
pub(super) struct NewTransaction<'a> {
    pub id: TransactionId,
    pub provider: ProviderId,
    pub account: Option<AccountId>,
    pub phone_index: [u8; 32],
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub binding_code: i64,
    pub choices: &'a str,
    pub binding_message: Option<&'a str>,
    pub state: Option<&'a str>,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewTransaction<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, \
        created_at, expires_at, binding_code, choices, binding_message, state) \
        VALUES ($1, $2, $3, $4, 'PENDING', $5, $6, $7, $8, $9, $10)";
    let values = params![
        new.id,
        new.provider,
        new.account,
        new.phone_index,
        new.created_at,
        new.expires_at,
        new.binding_code,
        new.choices,
        new.binding_message,
        new.state
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// The transaction of this id.
pub async fn find(conn: &mut Conn, id: TransactionId) -> Result<Option<TransactionRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TransactionRow::COLUMNS,
        " FROM auth_transaction WHERE id = $1"
    );
    conn.optional(SQL, params![id]).await
}

/// The pending transaction of a phone at a provider, whether or not its time has passed.
pub(super) async fn pending_of_phone(
    conn: &mut Conn,
    provider: ProviderId,
    phone_index: &[u8; 32],
) -> Result<Option<TransactionRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TransactionRow::COLUMNS,
        " FROM auth_transaction WHERE provider_id = $1 AND phone_index = $2 AND status = 'PENDING' /*for_update*/"
    );
    conn.optional(SQL, params![provider, phone_index]).await
}

/// The pending transactions of an account whose time has not passed, the newest first.
pub(super) async fn pending_of_account(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<TransactionRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TransactionRow::COLUMNS,
        " FROM auth_transaction \
        WHERE account_id = $1 AND status = 'PENDING' AND expires_at > $2 ORDER BY created_at DESC LIMIT 50"
    );
    conn.all(SQL, params![account, now]).await
}

/// The ids of an account's pending transactions, in the order in which units lock them.
pub(super) async fn lock_pending_of_account(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<TransactionRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TransactionRow::COLUMNS,
        " FROM auth_transaction \
        WHERE account_id = $1 AND status = 'PENDING' ORDER BY id /*for_update*/"
    );
    conn.all(SQL, params![account]).await
}

/// Spends an attempt of a pending transaction.
pub(super) async fn spend_attempt(
    tx: &mut Tx,
    id: TransactionId,
    most: u32,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE auth_transaction SET attempts = attempts + 1 \
        WHERE id = $1 AND status = 'PENDING' AND expires_at > $2 AND attempts < $3";
    Ok(tx.execute(SQL, params![id, now, most]).await? == 1)
}

/// PENDING → COMPLETED, before its time passes: the row count decides the winner.
pub(super) async fn complete(
    tx: &mut Tx,
    id: TransactionId,
    code_hash: &[u8; 32],
    device: Option<Uuid>,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE auth_transaction SET status = 'COMPLETED', auth_code_hash = $2, device_id = $3, \
        ended_at = $4 WHERE id = $1 AND status = 'PENDING' AND expires_at > $4";
    Ok(tx.execute(SQL, params![id, code_hash, device, now]).await? == 1)
}

/// PENDING → FAILED.
pub(super) async fn fail(
    tx: &mut Tx,
    id: TransactionId,
    reason: FailureReason,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE auth_transaction SET status = 'FAILED', failure_reason = $2, ended_at = $3 \
        WHERE id = $1 AND status = 'PENDING' AND expires_at > $3";
    Ok(tx.execute(SQL, params![id, reason, now]).await? == 1)
}

/// PENDING → EXPIRED, where its time has passed. It ended when its time passed, not when that was seen.
pub(super) async fn expire(
    tx: &mut Tx,
    id: TransactionId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE auth_transaction SET status = 'EXPIRED', ended_at = expires_at \
        WHERE id = $1 AND status = 'PENDING' AND expires_at <= $2";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}

/// Pending transactions whose time has passed, in the order in which units lock them.
pub(super) async fn overdue(
    conn: &mut Conn,
    now: Timestamp,
    most: u32,
) -> Result<Vec<TransactionRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TransactionRow::COLUMNS,
        " FROM auth_transaction \
        WHERE id IN (SELECT id FROM auth_transaction WHERE status = 'PENDING' AND expires_at <= $1 \
        ORDER BY expires_at LIMIT $2) AND status = 'PENDING' ORDER BY id /*skip_locked*/"
    );
    conn.all(SQL, params![now, most]).await
}

/// Takes the result of a completed transaction for one idempotency key: the first key has it.
pub(super) async fn take_result(
    tx: &mut Tx,
    id: TransactionId,
    key: &str,
    completed_after: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE auth_transaction SET result_key = $2 WHERE id = $1 AND status = 'COMPLETED' \
        AND ended_at > $3 AND (result_key IS NULL OR result_key = $2)";
    Ok(tx.execute(SQL, params![id, key, completed_after]).await? == 1)
}

/// The transaction that a code belongs to.
pub(super) async fn find_by_code(
    conn: &mut Conn,
    hash: &[u8; 32],
) -> Result<Option<TransactionRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TransactionRow::COLUMNS,
        " FROM auth_transaction WHERE auth_code_hash = $1"
    );
    conn.optional(SQL, params![hash]).await
}
