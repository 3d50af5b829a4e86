//! The rows of `people_import` and `people_import_fault`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, InsertMany, Param, Tx, Value, params, record};

use super::rules::{ImportId, ImportState, RowFault};

record! {
    /// An import.
    #[derive(Clone, Debug)]
    pub(super) struct ImportRow {
        pub(super) id: ImportId,
        pub(super) account_id: AccountId,
        pub(super) account_version: i64,
        pub(super) state: ImportState,
        pub(super) file: Option<Vec<u8>>,
        pub(super) refused: Option<Vec<u8>>,
        pub(super) takes_proof: bool,
        pub(super) total: i64,
        pub(super) done: i64,
        pub(super) created: i64,
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
    const SQL: &str = "INSERT INTO people_import (id, account_id, account_version, state, file, refused, takes_proof, \
        total, done, created, read_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tx.execute(FORGET, params![row.account_id]).await?;
    let values = params![
        row.id,
        row.account_id,
        row.account_version,
        row.state,
        row.file,
        row.refused,
        row.takes_proof,
        row.total,
        row.done,
        row.created,
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

/// Keeps what is wrong with rows, none of which has faults yet.
pub(super) async fn add_faults(
    tx: &mut Tx,
    id: ImportId,
    faults: &[RowFault],
) -> Result<(), DbError> {
    static FAULTS: InsertMany<6> = InsertMany::new(
        "INSERT INTO people_import_fault (import_id, place, number, line, column_name, code)",
    );
    let numbered: Vec<(i64, &RowFault)> = (0_i64..).zip(faults).collect();
    let rows: Vec<[Value<'_>; 6]> = numbered
        .iter()
        .map(|(number, fault)| {
            [
                id.value(),
                fault.place.value(),
                number.value(),
                fault.line.value(),
                fault.column.value(),
                fault.code.value(),
            ]
        })
        .collect();
    FAULTS.execute(tx, &rows).await
}

/// All that is wrong with its rows, in their order.
pub(super) async fn faults(conn: &mut Conn, id: ImportId) -> Result<Vec<RowFault>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        RowFault::COLUMNS,
        " FROM people_import_fault WHERE import_id = $1 ORDER BY place, number"
    );
    conn.all(SQL, params![id]).await
}

/// What is wrong with the rows of a page: with the next `most` behind `skip` rows that have something wrong with them.
pub(super) async fn page_of_faults(
    conn: &mut Conn,
    id: ImportId,
    most: i64,
    skip: i64,
) -> Result<Vec<RowFault>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        RowFault::COLUMNS,
        " FROM people_import_fault WHERE import_id = $1 AND place IN (\
            SELECT DISTINCT place FROM people_import_fault WHERE import_id = $1 ORDER BY place LIMIT $2 OFFSET $3) \
        ORDER BY place, number"
    );
    conn.all(SQL, params![id, most, skip]).await
}

/// How many rows have something wrong with them.
pub(super) async fn refused(conn: &mut Conn, id: ImportId) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(DISTINCT place) FROM people_import_fault WHERE import_id = $1";
    conn.one(SQL, params![id]).await
}

/// Ends it and erases the file, of which only who was refused is kept, as it was known before where `refused` says
/// nothing; answers how many accounts it made, or nothing
/// where it was not under way.
pub(super) async fn end(
    tx: &mut Tx,
    id: ImportId,
    state: ImportState,
    refused: Option<&[u8]>,
) -> Result<Option<i64>, DbError> {
    const SQL: &str = "UPDATE people_import SET state = $2, file = NULL, refused = COALESCE($3, refused) \
        WHERE id = $1 AND state = 'running' RETURNING created";
    tx.optional(SQL, params![id, state, refused]).await
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

/// Those whose time is over while their rows were being made.
pub(super) async fn overdue(conn: &mut Conn, now: Timestamp) -> Result<Vec<ImportId>, DbError> {
    const SQL: &str =
        "SELECT id FROM people_import WHERE expires_at <= $1 AND state = 'running' ORDER BY id";
    conn.all(SQL, params![now]).await
}

/// Forgets those whose time is over.
pub(super) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM people_import WHERE expires_at <= $1";
    tx.execute(SQL, params![now]).await.map(|_| ())
}
