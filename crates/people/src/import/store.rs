//! The rows of `people_import`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::rules::{ImportId, ImportState};

record! {
    /// An import.
    #[derive(Clone, Debug)]
    pub(super) struct ImportRow {
        pub(super) id: ImportId,
        pub(super) account_id: AccountId,
        pub(super) account_version: i64,
        pub(super) state: ImportState,
        pub(super) file: Option<Vec<u8>>,
        pub(super) takes_proof: bool,
        pub(super) total: i64,
        pub(super) done: i64,
        pub(super) created: i64,
        pub(super) faults: String,
        pub(super) read_at: Timestamp,
        pub(super) expires_at: Timestamp,
    }
}

/// An import whose time is not over.
pub(super) async fn find(
    conn: &mut Conn,
    id: ImportId,
    now: Timestamp,
) -> Result<Option<ImportRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ImportRow::COLUMNS,
        " FROM people_import WHERE id = $1 AND expires_at > $2"
    );
    conn.optional(SQL, params![id, now]).await
}

/// Keeps a new one; what its importer has looked at before and not begun is forgotten.
pub(super) async fn insert(tx: &mut Tx, row: &ImportRow) -> Result<(), DbError> {
    const FORGET: &str = "DELETE FROM people_import WHERE account_id = $1 AND state = 'preview'";
    const SQL: &str = "INSERT INTO people_import (id, account_id, account_version, state, file, takes_proof, total, \
        done, created, faults, read_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tx.execute(FORGET, params![row.account_id]).await?;
    let values = params![
        row.id,
        row.account_id,
        row.account_version,
        row.state,
        row.file,
        row.takes_proof,
        row.total,
        row.done,
        row.created,
        row.faults,
        row.read_at,
        row.expires_at
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Lets its rows be made; `false` where it is not waiting for that any more.
pub(super) async fn start(
    tx: &mut Tx,
    id: ImportId,
    version: i64,
    expires_at: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE people_import SET state = 'running', account_version = $2, expires_at = $3 \
        WHERE id = $1 AND state = 'preview'";
    Ok(tx.execute(SQL, params![id, version, expires_at]).await? == 1)
}

/// Notes the row in place `place` as done, made or not; `false` where it was noted before.
pub(super) async fn step(
    tx: &mut Tx,
    id: ImportId,
    place: i64,
    made: bool,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE people_import SET done = CAST($2 AS BIGINT) + 1, created = created + $3 \
        WHERE id = $1 AND done <= $2 AND state = 'running'";
    let noted = tx.execute(SQL, params![id, place, i64::from(made)]).await?;
    Ok(noted == 1)
}

/// Keeps what is wrong with its rows.
pub(super) async fn keep_faults(tx: &mut Tx, id: ImportId, faults: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE people_import SET faults = $2 WHERE id = $1";
    tx.execute(SQL, params![id, faults]).await.map(|_| ())
}

/// Ends it and erases the file; answers how many accounts it made, or nothing where it was not under way.
pub(super) async fn end(
    tx: &mut Tx,
    id: ImportId,
    state: ImportState,
) -> Result<Option<i64>, DbError> {
    const SQL: &str = "UPDATE people_import SET state = $2, file = NULL WHERE id = $1 AND state = 'running' \
        RETURNING created";
    tx.optional(SQL, params![id, state]).await
}

/// Forgets one that was not begun.
pub(super) async fn discard(
    tx: &mut Tx,
    id: ImportId,
    account: AccountId,
) -> Result<bool, DbError> {
    const SQL: &str =
        "DELETE FROM people_import WHERE id = $1 AND account_id = $2 AND state = 'preview'";
    Ok(tx.execute(SQL, params![id, account]).await? == 1)
}

/// Forgets those whose time is over.
pub(super) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM people_import WHERE expires_at <= $1";
    tx.execute(SQL, params![now]).await.map(|_| ())
}
