//! Rows that have no link: those that wait, and those that should not be.

use hanok_base::KeyRing;
use hanok_db::{Conn, Db, DbError, params};
use uuid::Uuid;

use crate::audit::AuditError;
use crate::audit::row::LogRow;
use crate::audit::verify::report::{BrokenKind, Report};

/// Rows read at once.
const PAGE: i64 = 1_000;

// The limits are written out, so that PostgreSQL knows how few rows it is about.
pub(in crate::audit) const WAITING: &str = const_format::concatcp!(
    "SELECT u.audit_id, c.seq, l.at FROM audit_unsealed u \
     LEFT JOIN audit_chain c ON c.audit_id = u.audit_id LEFT JOIN audit_log l ON l.id = u.audit_id \
     WHERE u.audit_id > $1 ORDER BY u.audit_id LIMIT ",
    PAGE
);
pub(in crate::audit) const WAITING_ROWS: &str = const_format::concatcp!(
    "SELECT ",
    LogRow::COLUMNS,
    " FROM audit_unsealed u JOIN audit_log l ON l.id = u.audit_id WHERE u.audit_id > $1 AND u.audit_id <= $2"
);

/// An id among the waiting, its link, and the time of its row.
type Waiting = (Uuid, Option<i64>, Option<i64>);

/// Counts the rows that wait for the sealer. They must be there and carry their own seal.
pub(super) async fn waiting(
    db: &Db,
    keys: &KeyRing,
    report: &mut Report,
) -> Result<(), AuditError> {
    let mut after = Uuid::nil();
    loop {
        let (ids, rows) = db
            .report(async move |conn| waiting_page(conn, after).await)
            .await?;
        let Some((last, ..)) = ids.last() else {
            return Ok(());
        };
        after = *last;
        for (id, seq, at) in ids {
            match (seq, at) {
                (Some(_), _) => {}
                (None, Some(_)) => report.not_yet_sealed += 1,
                (None, None) => {
                    report.blame(
                        BrokenKind::Removed,
                        None,
                        Some(id),
                        "a row that waited for its link is gone",
                    );
                }
            }
        }
        for row in rows
            .iter()
            .filter(|row| row.claims_program() && !row.is_sealed(keys))
        {
            report.blame(
                BrokenKind::Changed,
                None,
                Some(row.id),
                "a row without its seal waits for its link",
            );
        }
    }
}

async fn waiting_page(
    conn: &mut Conn,
    after: Uuid,
) -> Result<(Vec<Waiting>, Vec<LogRow>), DbError> {
    let ids: Vec<Waiting> = conn.all(WAITING, params![after]).await?;
    let last = ids.last().map_or(after, |(id, ..)| *id);
    let rows = conn.all(WAITING_ROWS, params![after, last]).await?;
    Ok((ids, rows))
}

pub(in crate::audit) const LOG: &str = const_format::concatcp!(
    "SELECT l.id, c.seq, u.audit_id FROM (SELECT id FROM audit_log WHERE id > $1 ORDER BY id LIMIT ",
    PAGE,
    ") l LEFT JOIN audit_chain c ON c.audit_id = l.id LEFT JOIN audit_unsealed u ON u.audit_id = l.id ORDER BY l.id"
);

/// Counts all rows, and finds those that neither have a link nor wait for one.
pub(super) async fn unlinked(db: &Db, report: &mut Report) -> Result<(), AuditError> {
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Option<i64>, Option<Uuid>)> = db
            .report::<_, DbError, _>(async move |conn| conn.all(LOG, params![after]).await)
            .await?;
        let Some((last, ..)) = rows.last() else {
            return Ok(());
        };
        after = *last;
        for (id, seq, waits) in rows {
            report.rows += 1;
            if seq.is_none() && waits.is_none() {
                let detail = "the row neither has a link nor waits for one";
                report.blame(BrokenKind::Inserted, None, Some(id), detail);
            }
        }
    }
}
