//! The chain's links: where it ends, what waits, how a row is added.

use hanok_base::KeyRing;
use hanok_db::{Conn, DbError, InsertMany, Param, Tx, Value, params};
use uuid::Uuid;

use crate::audit::row::LogRow;
use crate::audit::{AuditError, head, retention};

/// What the first link follows.
pub(super) const GENESIS: [u8; 32] = [0; 32];

static INSERT: InsertMany<4> =
    InsertMany::new("INSERT INTO audit_chain (seq, audit_id, mac, key_version)");

hanok_db::record! {
    /// A row of `audit_chain`.
    #[derive(Clone, Debug)]
    pub(super) struct Link {
        pub(super) seq: i64,
        pub(super) audit_id: Uuid,
        pub(super) mac: Vec<u8>,
        pub(super) key_version: i64,
    }
}

/// The end of the chain: what the next link follows.
#[derive(Clone, Debug)]
pub(super) struct Tip {
    pub(super) seq: i64,
    pub(super) mac: Vec<u8>,
    pub(super) key_version: i64,
}

const LAST: &str = const_format::concatcp!(
    "SELECT ",
    Link::COLUMNS,
    " FROM audit_chain ORDER BY seq DESC LIMIT 1"
);

impl Tip {
    /// The end of the chain, held until the unit ends. Where the signed head names a later end than there
    /// is, somebody has cut links off: the chain goes on behind the gap, so that it stays visible.
    pub(super) async fn lock(tx: &mut Tx, keys: &KeyRing) -> Result<Self, AuditError> {
        let head = head::lock(tx).await?.and_then(|head| head.signed(keys));
        let last = Self::of_chain(tx).await?;
        Ok(match head {
            Some(head) if head.seq > last.seq => {
                tracing::error!(
                    missing_from = last.seq + 1,
                    "links are missing at the end of the audit chain"
                );
                head
            }
            _ => last,
        })
    }

    /// The last link there is, or what it would follow: the last dropped period, or the beginning.
    async fn of_chain(conn: &mut Conn) -> Result<Self, DbError> {
        if let Some(link) = conn.optional::<Link>(LAST, params![]).await? {
            return Ok(Self {
                seq: link.seq,
                mac: link.mac,
                key_version: link.key_version,
            });
        }
        let dropped = retention::last_period(conn).await?;
        Ok(dropped.map_or(
            Self {
                seq: 0,
                mac: GENESIS.to_vec(),
                key_version: 0,
            },
            |period| Self {
                seq: period.until_seq,
                mac: period.mac,
                key_version: period.key_version,
            },
        ))
    }

    /// The link of `row` behind this end, under this version of the key; it is the new end.
    fn link(&mut self, keys: &KeyRing, version: i64, row: &LogRow) -> Result<Link, AuditError> {
        let seq = self.seq + 1;
        let mac = row.linked(seq, &self.mac).mac(keys, version)?.to_vec();
        *self = Self {
            seq,
            mac: mac.clone(),
            key_version: version,
        };
        Ok(Link {
            seq,
            audit_id: row.id,
            mac,
            key_version: version,
        })
    }
}

/// The number of the last link, dropped periods counted; 0 where there is none.
pub(super) async fn last_seq(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(Tip::of_chain(conn).await?.seq)
}

/// Rows that one unit links.
pub(super) const BATCH: usize = 1_000;

/// Ids of the program rise with time, so this takes the oldest first without sorting what waits. CROSS
/// JOIN keeps SQLite from walking the whole log instead.
pub(super) const WAITING: &str = const_format::concatcp!(
    "SELECT ",
    LogRow::COLUMNS,
    " FROM audit_unsealed u CROSS JOIN audit_log l WHERE l.id = u.audit_id \
     AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.audit_id = u.audit_id) ORDER BY u.audit_id LIMIT ",
    BATCH
);

/// Up to [`BATCH`] rows that wait for their link, in order of time.
pub(super) async fn waiting(conn: &mut Conn) -> Result<Vec<LogRow>, DbError> {
    let mut rows: Vec<LogRow> = conn.all(WAITING, params![]).await?;
    rows.sort_unstable_by_key(|row| (row.at, row.id));
    Ok(rows)
}

pub(super) const FORGET_WAITING: &str = "DELETE FROM audit_unsealed WHERE audit_id IN (\
    SELECT audit_id FROM audit_chain WHERE seq > $1 AND seq <= $2)";

/// Links `rows` behind `tip`, which becomes the new end; they wait no longer.
pub(super) async fn append(
    tx: &mut Tx,
    keys: &KeyRing,
    version: i64,
    tip: &mut Tip,
    rows: &[LogRow],
) -> Result<(), AuditError> {
    let before = tip.seq;
    let links = rows
        .iter()
        .map(|row| tip.link(keys, version, row))
        .collect::<Result<Vec<_>, _>>()?;
    let values: Vec<[Value<'_>; 4]> = links.iter().map(Link::values).collect();
    INSERT.execute(tx, &values).await?;
    tx.execute(FORGET_WAITING, params![before, tip.seq]).await?;
    Ok(())
}

pub(super) const FORGET_LINKED: &str = "DELETE FROM audit_unsealed WHERE EXISTS (\
    SELECT 1 FROM audit_chain c WHERE c.audit_id = audit_unsealed.audit_id)";

/// Clears ids that somebody put among the waiting although they are linked.
pub(super) async fn forget_linked(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute(FORGET_LINKED, params![]).await.map(|_| ())
}

impl Link {
    fn values(&self) -> [Value<'_>; 4] {
        [
            self.seq.value(),
            self.audit_id.value(),
            self.mac.value(),
            self.key_version.value(),
        ]
    }
}
