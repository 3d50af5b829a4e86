//! `Idempotency-Key`: a second call with the same key and body gets the first answer, byte for byte.

use axum::http::HeaderMap;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use crate::fault::Fault;
use crate::provider::ProviderId;

/// A key and the digest of the body it came with.
#[derive(Clone, Debug)]
pub(super) struct IdempotencyKey {
    pub key: String,
    pub body_hash: [u8; 32],
}

/// The header's value: 1–255 visible ASCII characters.
///
/// # Errors
/// The field error.
pub(super) fn header(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let bytes = value.as_bytes();
    let visible =
        (1..=255).contains(&bytes.len()) && bytes.iter().all(|byte| (0x21..=0x7e).contains(byte));
    let text = value.to_str().ok().filter(|_| visible);
    text.map(|text| Some(text.to_owned()))
        .ok_or_else(|| Fault::field("/Idempotency-Key", "idempotency_key_format"))
}

/// The first answer to this key, where there is one.
///
/// # Errors
/// [`Fault::IdempotencyConflict`] where it was the answer to another body.
pub(super) async fn first_answer(
    conn: &mut Conn,
    provider: ProviderId,
    key: &IdempotencyKey,
) -> Result<Option<String>, Fault> {
    const SQL: &str =
        "SELECT body_hash, answer FROM idempotency WHERE provider_id = $1 AND key = $2";
    let row: Option<(Vec<u8>, String)> = conn.optional(SQL, params![provider, key.key]).await?;
    match row {
        Some((hash, answer)) if hash == key.body_hash => Ok(Some(answer)),
        Some(_) => Err(Fault::IdempotencyConflict),
        None => Ok(None),
    }
}

/// Writes the answer down, in the unit of its effect; `false` where another call was first. On
/// PostgreSQL it waits for that call to end.
pub(super) async fn remember(
    tx: &mut Tx,
    provider: ProviderId,
    key: &IdempotencyKey,
    answer: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO idempotency (provider_id, key, body_hash, answer, created_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    Ok(tx
        .execute(SQL, params![provider, key.key, key.body_hash, answer, now])
        .await?
        == 1)
}

/// Forgets answers that have had their time.
pub(super) async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM idempotency WHERE created_at < $1",
        params![before],
    )
    .await
}
