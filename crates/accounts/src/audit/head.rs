//! The signed end of the chain: a row that the sealer renews with every link, so that links cut off the
//! end are missed at once and not only at the next checkpoint.

use hanok_base::KeyRing;
use hanok_db::{Conn, DbError, Tx, params};

use crate::audit::AuditError;
use crate::audit::canonical::Canonical;
use crate::audit::link::Tip;

hanok_db::record! {
    /// The row of `audit_head`.
    #[derive(Clone, Debug)]
    pub(super) struct Head {
        pub(super) seq: i64,
        pub(super) mac: Option<Vec<u8>>,
        pub(super) key_version: i64,
        pub(super) signature: Option<Vec<u8>>,
    }
}

const READ: &str =
    const_format::concatcp!("SELECT ", Head::COLUMNS, " FROM audit_head WHERE id = 1");
const LOCK: &str = const_format::concatcp!(READ, " /*for_update*/");
const WRITE: &str = "INSERT INTO audit_head (id, seq, mac, key_version, signature) VALUES (1, $1, $2, $3, $4) \
    ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, mac = excluded.mac, \
    key_version = excluded.key_version, signature = excluded.signature";

/// The head as it is now; `None` when somebody removed it.
pub(super) async fn read(conn: &mut Conn) -> Result<Option<Head>, DbError> {
    conn.optional(READ, params![]).await
}

/// The same, held until the unit ends: whoever holds it links.
pub(super) async fn lock(tx: &mut Tx) -> Result<Option<Head>, DbError> {
    tx.optional(LOCK, params![]).await
}

/// Signs `tip` as the end of the chain.
pub(super) async fn write(tx: &mut Tx, keys: &KeyRing, tip: &Tip) -> Result<(), AuditError> {
    let signature = canonical(tip.seq, &tip.mac).mac(keys, tip.key_version)?;
    tx.execute(WRITE, params![tip.seq, tip.mac, tip.key_version, signature])
        .await?;
    Ok(())
}

fn canonical(seq: i64, mac: &[u8]) -> Canonical {
    Canonical::new("hanok audit head 1")
        .number(Some(seq))
        .bytes(Some(mac))
}

impl Head {
    /// The end it names, when it is signed by this installation.
    pub(super) fn signed(self, keys: &KeyRing) -> Option<Tip> {
        let (mac, signature) = (self.mac?, self.signature?);
        let valid = canonical(self.seq, &mac).is_signed(keys, self.key_version, &signature);
        valid.then_some(Tip {
            seq: self.seq,
            mac,
            key_version: self.key_version,
        })
    }

    /// Whether nothing was ever linked.
    pub(super) const fn is_blank(&self) -> bool {
        self.seq == 0 && self.mac.is_none() && self.signature.is_none()
    }
}
