//! The rows of `phone_sign_in`, each with its transaction.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::device::DeviceId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::transaction::{FailureReason, Status, TransactionId};

record! {
    /// A sign-in by phone, as the browser that asked may see it.
    #[derive(Clone, Debug)]
    pub(super) struct SignInRow from "t" {
        pub(super) id: TransactionId,
        /// A decoy has nobody.
        pub(super) account_id: Option<AccountId>,
        pub(super) status: Status,
        pub(super) failure_reason: Option<FailureReason>,
        pub(super) created_at: Timestamp,
        pub(super) expires_at: Timestamp,
        pub(super) ended_at: Option<Timestamp>,
        pub(super) binding_code: i64,
        pub(super) device_id: Option<DeviceId>,
        pub(super) account_version: Option<i64> = "s.account_version",
        pub(super) redeemed_at: Option<Timestamp> = "s.redeemed_at",
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: TransactionId,
    secret_hash: &[u8; 32],
    account_version: Option<i64>,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO phone_sign_in (transaction_id, secret_hash, account_version, created_at) \
        VALUES ($1, $2, $3, $4)";
    tx.execute(SQL, params![id, secret_hash, account_version, now])
        .await
        .map(|_| ())
}

/// The sign-in that a browser's secret is of.
pub(super) async fn find(
    conn: &mut Conn,
    secret_hash: &[u8; 32],
) -> Result<Option<SignInRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        SignInRow::COLUMNS,
        " FROM phone_sign_in s JOIN auth_transaction t ON t.id = s.transaction_id WHERE s.secret_hash = $1"
    );
    conn.optional(SQL, params![secret_hash]).await
}

/// Spends a browser's secret: the row count decides who was first.
pub(super) async fn spend(
    tx: &mut Tx,
    id: TransactionId,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE phone_sign_in SET redeemed_at = $3 \
        WHERE transaction_id = $1 AND secret_hash = $2 AND redeemed_at IS NULL";
    Ok(tx.execute(SQL, params![id, secret_hash, now]).await? == 1)
}
