//! The table `log_level`.

use hanok_base::Timestamp;
use hanok_base::config::Level;
use hanok_db::{Conn, DbError, Tx, params};

use super::change::Change;

/// More than anybody sets by hand.
const MOST: i64 = 200;

hanok_db::record! {
    struct Row {
        target: String,
        level: String,
        set_at: Timestamp,
        until_at: Option<Timestamp>,
    }
}

/// A level that an operator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Override {
    pub(super) target: String,
    pub(super) level: Level,
    pub(super) set_at: Timestamp,
    pub(super) until_at: Option<Timestamp>,
}

impl TryFrom<Row> for Override {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            level: row.level.parse().map_err(DbError::Other)?,
            target: row.target,
            set_at: row.set_at,
            until_at: row.until_at,
        })
    }
}

const IN_FORCE: &str = const_format::concatcp!(
    "SELECT ",
    Row::COLUMNS,
    " FROM log_level WHERE until_at IS NULL OR until_at > $1 ORDER BY target LIMIT ",
    MOST
);
const SET: &str = "INSERT INTO log_level (target, level, set_at, until_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (target) DO UPDATE SET level = excluded.level, set_at = excluded.set_at, \
    until_at = excluded.until_at";
const FORGET_PAST: &str = "DELETE FROM log_level WHERE until_at <= $1";
const FORGET: &str = "DELETE FROM log_level WHERE target = $1";
const FORGET_ALL: &str = "DELETE FROM log_level";

/// What is set and has not had its time, by target.
pub(super) async fn in_force(conn: &mut Conn, now: Timestamp) -> Result<Vec<Override>, DbError> {
    let rows: Vec<Row> = conn.all(IN_FORCE, params![now]).await?;
    rows.into_iter().map(Override::try_from).collect()
}

/// Sets the level of a target, and forgets those that have had their time.
pub(super) async fn set(
    tx: &mut Tx,
    change: &Change,
    now: Timestamp,
    until: Option<Timestamp>,
) -> Result<(), DbError> {
    tx.execute(FORGET_PAST, params![now]).await?;
    let word = change.level.as_str();
    let values = params![change.target, word, now, until];
    tx.execute(SET, values).await.map(|_| ())
}

/// Forgets the level of one target, or of all; says how many.
pub(super) async fn forget(tx: &mut Tx, target: Option<&str>) -> Result<u64, DbError> {
    match target {
        Some(target) => tx.execute(FORGET, params![target]).await,
        None => tx.execute(FORGET_ALL, params![]).await,
    }
}
