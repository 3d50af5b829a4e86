//! The PIN's part of an account's row.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use crate::AccountId;

/// The sealed hash of an account's PIN.
pub async fn hash(conn: &mut Conn, account: AccountId) -> Result<Option<Vec<u8>>, DbError> {
    const SQL: &str = "SELECT pin_hash FROM account WHERE id = $1";
    let row: Option<(Option<Vec<u8>>,)> = conn.optional(SQL, params![account]).await?;
    Ok(row.and_then(|(hash,)| hash))
}

pub(super) async fn set(
    tx: &mut Tx,
    account: AccountId,
    hash: Option<&[u8]>,
    version: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE account SET pin_hash = $2, pin_changed_at = $4, version = $3 \
        WHERE id = $1 AND version = $3 - 1";
    Ok(tx
        .execute(SQL, params![account, hash, version, now])
        .await?
        == 1)
}
