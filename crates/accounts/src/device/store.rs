//! The rows of `device`, `device_nonce` and `pairing`.

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::AccountId;
use crate::account::AccountStatus;

/// Marks the id of a paired phone.
pub enum Device {}

/// The id of a paired phone.
pub type DeviceId = Id<Device>;

record! {
    /// A paired phone, as its owner sees it.
    #[derive(Clone, Debug)]
    pub struct DeviceRow from "device" {
        /// Its id.
        pub id: DeviceId,
        /// What its owner calls it.
        pub name: String,
        /// When it was paired.
        pub created_at: Timestamp,
        /// When it last signed.
        pub last_used_at: Option<Timestamp>,
    }
}

record! {
    /// What is needed to check a phone's signature.
    pub struct LiveDevice {
        /// Whose it is.
        pub account_id: AccountId,
        /// The uncompressed point of its key.
        pub public_key: Vec<u8>,
        /// The account's version.
        pub version: i64,
        /// Whether the account may be used.
        pub status: AccountStatus,
        /// The account's language.
        pub locale: Option<String>,
    }
}

/// A phone that is not revoked, with its account.
pub async fn live(conn: &mut Conn, id: DeviceId) -> Result<Option<LiveDevice>, DbError> {
    const SQL: &str = "SELECT d.account_id, d.public_key, a.version, a.status, a.locale FROM device d \
        JOIN account a ON a.id = d.account_id WHERE d.id = $1 AND d.revoked_at IS NULL";
    conn.optional(SQL, params![id]).await
}

/// The phones of an account that are not revoked, the newest first.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<DeviceRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        DeviceRow::COLUMNS,
        " FROM device WHERE account_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC"
    );
    conn.all(SQL, params![account]).await
}

/// Whether an account has a phone paired.
pub async fn any(conn: &mut Conn, account: AccountId) -> Result<bool, DbError> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM device WHERE account_id = $1 AND revoked_at IS NULL)";
    let (any,) = conn.one::<(bool,)>(SQL, params![account]).await?;
    Ok(any)
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: DeviceId,
    account: AccountId,
    name: &str,
    public_key: &[u8],
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO device (id, account_id, name, public_key, created_at) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(SQL, params![id, account, name, public_key, now])
        .await
        .map(|_| ())
}

/// Revokes one phone of an account.
pub(super) async fn revoke(
    tx: &mut Tx,
    id: DeviceId,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE device SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(SQL, params![id, account, now]).await? == 1)
}

/// Revokes every phone of an account.
pub(crate) async fn revoke_all(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str =
        "UPDATE device SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";
    tx.execute(SQL, params![account, now]).await
}

/// Notes that a phone was used; `false` where it was revoked meanwhile.
pub async fn used(tx: &mut Tx, id: DeviceId, now: Timestamp) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE device SET last_used_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}

/// Records a nonce; `false` where it was used before.
pub async fn record_nonce(
    tx: &mut Tx,
    id: DeviceId,
    nonce: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO device_nonce (device_id, nonce, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(tx.execute(SQL, params![id, nonce.as_bytes(), now]).await? == 1)
}

/// Forgets nonces that no signature can carry any more, and old pairing codes.
pub(crate) async fn sweep(
    tx: &mut Tx,
    nonces_before: Timestamp,
    pairings_before: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM device_nonce WHERE at < $1",
        params![nonces_before],
    )
    .await?;
    tx.execute(
        "DELETE FROM pairing WHERE expires_at < $1",
        params![pairings_before],
    )
    .await
    .map(|_| ())
}

/// Keeps a pairing code in place of the one shown before.
pub(super) async fn insert_pairing(
    tx: &mut Tx,
    id: Id<()>,
    account: AccountId,
    code_hash: &[u8; 32],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO pairing (id, account_id, code_hash, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, \
        code_hash = excluded.code_hash, created_at = excluded.created_at, \
        expires_at = excluded.expires_at, used_at = NULL";
    tx.execute(SQL, params![id, account, code_hash, now, expires_at])
        .await
        .map(|_| ())
}

/// The account that a pairing code is of, whether it still counts or not.
pub(super) async fn pairing_owner(
    conn: &mut Conn,
    code_hash: &[u8; 32],
) -> Result<Option<AccountId>, DbError> {
    const SQL: &str = "SELECT account_id FROM pairing WHERE code_hash = $1";
    let row: Option<(AccountId,)> = conn.optional(SQL, params![code_hash]).await?;
    Ok(row.map(|(account,)| account))
}

/// Takes the pairing code of an account back.
pub(crate) async fn forget_pairing(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM pairing WHERE account_id = $1";
    tx.execute(SQL, params![account]).await.map(|_| ())
}

/// Uses a pairing code, once; `false` where it was used, replaced or its time is over.
pub(super) async fn use_pairing(
    tx: &mut Tx,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE pairing SET used_at = $2 \
        WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(tx.execute(SQL, params![code_hash, now]).await? == 1)
}
