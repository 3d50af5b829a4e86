//! Which files nobody owns.

use std::collections::HashSet;

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use super::super::blob::Sha256;
use super::hour::range;

/// Notes of the files with this first byte since when nobody owns them, and forgets it of those that somebody does: one
/// that is named while it is noted may have been noted all the same.
pub(super) async fn note_orphaned(tx: &mut Tx, prefix: u8, now: Timestamp) -> Result<(), DbError> {
    const NOTE: &str = "UPDATE board_blob SET orphaned_at = $3 WHERE sha256 >= $1 AND sha256 <= $2 \
        AND orphaned_at IS NULL AND doomed_at IS NULL \
        AND NOT EXISTS (SELECT 1 FROM board_attachment a WHERE a.sha256 = board_blob.sha256)";
    const FORGET: &str = "UPDATE board_blob SET orphaned_at = NULL WHERE sha256 >= $1 AND sha256 <= $2 \
        AND orphaned_at IS NOT NULL AND doomed_at IS NULL \
        AND EXISTS (SELECT 1 FROM board_attachment a WHERE a.sha256 = board_blob.sha256)";
    let (first, last) = range(prefix);
    tx.execute(NOTE, params![&first, &last, now]).await?;
    tx.execute(FORGET, params![&first, &last]).await.map(|_| ())
}

/// Dooms files that nobody has owned since before `before`; how many.
pub(super) async fn doom(
    tx: &mut Tx,
    now: Timestamp,
    before: Timestamp,
    most: u32,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE board_blob SET doomed_at = $1 WHERE doomed_at IS NULL AND orphaned_at < $2 \
        AND NOT EXISTS (SELECT 1 FROM board_attachment a WHERE a.sha256 = board_blob.sha256) AND sha256 IN (\
        SELECT o.sha256 FROM board_blob o WHERE o.orphaned_at < $2 AND o.doomed_at IS NULL \
            AND NOT EXISTS (SELECT 1 FROM board_attachment a WHERE a.sha256 = o.sha256) LIMIT $3)";
    tx.execute(SQL, params![now, before, most]).await
}

/// What is doomed and not yet gone, by name, behind `after`.
pub(super) async fn doomed(
    conn: &mut Conn,
    after: &[u8],
    most: u32,
) -> Result<Vec<Sha256>, DbError> {
    const SQL: &str = "SELECT sha256 FROM board_blob WHERE doomed_at IS NOT NULL AND sha256 > $1 \
        ORDER BY sha256 LIMIT $2";
    let rows: Vec<Vec<u8>> = conn.all(SQL, params![after, most]).await?;
    Ok(named(rows))
}

/// Forgets a file that is doomed, and holds it until the unit ends; `false` where it is not doomed any more.
pub(super) async fn forget(tx: &mut Tx, sha256: &Sha256) -> Result<bool, DbError> {
    const SQL: &str = "DELETE FROM board_blob WHERE sha256 = $1 AND doomed_at IS NOT NULL";
    Ok(tx.execute(SQL, params![sha256]).await? > 0)
}

/// The files with this first byte that the store knows.
pub(super) async fn known(conn: &mut Conn, prefix: u8) -> Result<HashSet<Sha256>, DbError> {
    const SQL: &str = "SELECT sha256 FROM board_blob WHERE sha256 >= $1 AND sha256 <= $2";
    let (first, last) = range(prefix);
    let rows: Vec<Vec<u8>> = conn.all(SQL, params![&first, &last]).await?;
    Ok(named(rows))
}

fn named<T: FromIterator<Sha256>>(rows: Vec<Vec<u8>>) -> T {
    let names = rows.into_iter().filter_map(|row| row.try_into().ok());
    names.collect()
}

/// Dooms files that no row names, where that is still so.
pub(super) async fn doom_new(tx: &mut Tx, files: &[Sha256], now: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO board_blob (sha256, size, doomed_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING";
    for sha256 in files {
        tx.execute(SQL, params![sha256, now]).await?;
    }
    Ok(())
}
