//! How many rows a search finds: counted to a bound, beside a page or alone.

use hanok_db::{Conn, DbError};

use super::statement::{Statement, Wanted, ids};

/// How far rows are counted.
const COUNTED: u32 = 1_000;

/// How many rows there are, counted to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// So many.
    pub rows: u64,
    /// Or more.
    pub is_at_least: bool,
}

/// Counts, to the bound.
pub(super) fn counted<'a>(wanted: Wanted<'a>, statement: &mut Statement<'a>) -> Option<String> {
    let all = ids(wanted, COUNTED + 1, statement)?;
    Some(format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM ({all}) counted"
    ))
}

/// Counts, alone.
pub(super) async fn count(conn: &mut Conn, whole: Wanted<'_>) -> Result<Counted, DbError> {
    let mut statement = Statement::new();
    let Some(sql) = counted(whole, &mut statement) else {
        return Ok(Counted::of(0));
    };
    let rows: i64 = conn.one(&sql, &statement.values).await?;
    Ok(Counted::of(rows))
}

impl Counted {
    pub(super) fn of(rows: i64) -> Self {
        let rows = u64::try_from(rows).unwrap_or_default();
        let most = u64::from(COUNTED);
        Self {
            rows: rows.min(most),
            is_at_least: rows > most,
        }
    }
}
