//! The rows of `setup_code`.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

/// Keeps a code and forgets those whose time is over.
pub(super) async fn insert(
    tx: &mut Tx,
    hash: &[u8; 32],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str =
        "INSERT INTO setup_code (code_hash, created_at, expires_at) VALUES ($1, $2, $3)";
    tx.execute(
        "DELETE FROM setup_code WHERE expires_at <= $1",
        params![now],
    )
    .await?;
    tx.execute(SQL, params![hash, now, expires_at])
        .await
        .map(|_| ())
}

/// Whether a code counts.
pub(super) async fn counts(
    conn: &mut Conn,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM setup_code WHERE code_hash = $1 AND expires_at > $2)";
    let (counts,) = conn.one::<(bool,)>(SQL, params![hash, now]).await?;
    Ok(counts)
}

/// Takes every code away; says whether this one was among them and counted. Of two units at once the
/// second finds none left.
pub(super) async fn take_all(
    tx: &mut Tx,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "DELETE FROM setup_code RETURNING code_hash, expires_at";
    let taken: Vec<(Vec<u8>, Timestamp)> = tx.all(SQL, params![]).await?;
    let mut taken = taken.iter();
    Ok(taken.any(|(code, expires_at)| code == hash && *expires_at > now))
}
