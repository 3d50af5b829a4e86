//! Checkpoints: signed positions of the chain.

use hanok_base::{KeyRing, Timestamp};
use hanok_db::{Conn, DbError, Tx, params};

use crate::audit::AuditError;
use crate::audit::canonical::Canonical;
use crate::audit::link::Tip;

hanok_db::record! {
    /// A row of `audit_checkpoint`: so many links there were, and this was the last.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(super) struct Checkpoint {
        pub(super) seq: i64,
        pub(super) mac: Vec<u8>,
        pub(super) count: i64,
        pub(super) at: Timestamp,
        pub(super) key_version: i64,
        pub(super) signature: Vec<u8>,
    }
}

const INSERT: &str = "INSERT INTO audit_checkpoint (seq, mac, count, at, key_version, signature) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const LAST: &str = const_format::concatcp!(
    "SELECT ",
    Checkpoint::COLUMNS,
    " FROM audit_checkpoint ORDER BY seq DESC LIMIT 1"
);
const AFTER: &str = const_format::concatcp!(
    "SELECT ",
    Checkpoint::COLUMNS,
    " FROM audit_checkpoint WHERE seq > $1 ORDER BY seq LIMIT $2"
);
const BETWEEN: &str = const_format::concatcp!(
    "SELECT ",
    Checkpoint::COLUMNS,
    " FROM audit_checkpoint WHERE seq BETWEEN $1 AND $2 ORDER BY seq"
);

impl Checkpoint {
    /// Signs `tip` as it is at `now`.
    pub(super) fn sign(
        keys: &KeyRing,
        version: i64,
        tip: &Tip,
        now: Timestamp,
    ) -> Result<Self, AuditError> {
        let mut made = Self {
            seq: tip.seq,
            mac: tip.mac.clone(),
            count: tip.seq,
            at: now,
            key_version: version,
            signature: Vec::new(),
        };
        made.signature = made.canonical().mac(keys, version)?.to_vec();
        Ok(made)
    }

    /// Whether this installation signed it.
    pub(super) fn is_signed(&self, keys: &KeyRing) -> bool {
        self.count == self.seq
            && self
                .canonical()
                .is_signed(keys, self.key_version, &self.signature)
    }

    fn canonical(&self) -> Canonical {
        Canonical::new("hanok audit checkpoint 1")
            .number(Some(self.seq))
            .bytes(Some(&self.mac))
            .number(Some(self.count))
            .number(Some(self.at.micros()))
    }
}

/// Adds a checkpoint.
pub(super) async fn insert(tx: &mut Tx, made: &Checkpoint) -> Result<(), DbError> {
    let values = params![
        made.seq,
        made.mac,
        made.count,
        made.at,
        made.key_version,
        made.signature
    ];
    tx.execute(INSERT, values).await.map(|_| ())
}

/// The newest checkpoint.
pub(super) async fn last(conn: &mut Conn) -> Result<Option<Checkpoint>, DbError> {
    conn.optional(LAST, params![]).await
}

/// Up to `limit` checkpoints behind `seq`, in order.
pub(super) async fn after(
    conn: &mut Conn,
    seq: i64,
    limit: i64,
) -> Result<Vec<Checkpoint>, DbError> {
    conn.all(AFTER, params![seq, limit]).await
}

/// The checkpoints from `first` to `last`, in order.
pub(super) async fn between(
    conn: &mut Conn,
    first: i64,
    last: i64,
) -> Result<Vec<Checkpoint>, DbError> {
    conn.all(BETWEEN, params![first, last]).await
}
