//! A page of the chain with what belongs to each link.

use std::collections::HashMap;

use hanok_db::{Conn, Db, DbError, params};

use crate::audit::AuditError;
use crate::audit::checkpoint::{self, Checkpoint};
use crate::audit::link::Link;
use crate::audit::row::{LogRow, SideRow};

/// Links read at once.
const PAGE: i64 = 1_000;

/// Links in order, and by their place what stands beside them.
pub(super) struct Page {
    pub(super) links: Vec<Link>,
    pub(super) rows: HashMap<i64, LogRow>,
    pub(super) sides: HashMap<i64, SideRow>,
    pub(super) checkpoints: HashMap<i64, Checkpoint>,
}

const LINKS: &str = const_format::concatcp!(
    "SELECT ",
    Link::COLUMNS,
    " FROM audit_chain WHERE seq > $1 ORDER BY seq LIMIT $2"
);
pub(in crate::audit) const ROWS: &str = const_format::concatcp!(
    "SELECT c.seq, ",
    LogRow::COLUMNS,
    " FROM audit_chain c JOIN audit_log l ON l.id = c.audit_id WHERE c.seq BETWEEN $1 AND $2"
);
pub(in crate::audit) const SIDES: &str = const_format::concatcp!(
    "SELECT c.seq, ",
    SideRow::COLUMNS,
    " FROM audit_chain c JOIN audit_origin o ON o.audit_id = c.audit_id WHERE c.seq BETWEEN $1 AND $2"
);

/// The links behind `last`; `None` at the end of the chain.
pub(super) async fn links(db: &Db, last: Option<i64>) -> Result<Option<Page>, AuditError> {
    let after = last.unwrap_or(0);
    Ok(db.report(async move |conn| read(conn, after).await).await?)
}

async fn read(conn: &mut Conn, after: i64) -> Result<Option<Page>, DbError> {
    let links: Vec<Link> = conn.all(LINKS, params![after, PAGE]).await?;
    let (Some(first), Some(last)) = (links.first(), links.last()) else {
        return Ok(None);
    };
    let (first, last) = (first.seq, last.seq);
    let rows = conn
        .all::<(i64, LogRow)>(ROWS, params![first, last])
        .await?;
    let sides = conn
        .all::<(i64, SideRow)>(SIDES, params![first, last])
        .await?;
    let checkpoints = checkpoint::between(conn, first, last).await?;
    Ok(Some(Page {
        links,
        rows: rows.into_iter().collect(),
        sides: sides.into_iter().collect(),
        checkpoints: checkpoints
            .into_iter()
            .map(|made| (made.seq, made))
            .collect(),
    }))
}
