//! A look at the end of the trail that does not walk it: whether head, last link, last checkpoint and
//! checkpoint file agree, are this installation's, and nothing waits for long.

use std::path::Path;

use hanok_base::{KeyRing, Timestamp};
use hanok_db::{Conn, Db, DbError, params};

use crate::audit::checkpoint::{self, Checkpoint};
use crate::audit::head::{self, Head};
use crate::audit::{AuditError, checkpoint_file, link};

/// How many waiting rows are counted.
const COUNTED: i64 = 1_000;

const WAITING: &str = "SELECT CAST(COUNT(*) AS BIGINT), MIN(l.at) FROM audit_log l \
    WHERE l.id IN (SELECT audit_id FROM audit_unsealed ORDER BY audit_id LIMIT $1)";
const NEWEST: &str = "SELECT at FROM audit_log ORDER BY id DESC LIMIT 1";

/// The end of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailEnd {
    /// What the signed head says of the chain.
    pub head: HeadState,
    /// The number of the last link; 0 where there is none.
    pub last_link: i64,
    /// The newest checkpoint's number, and whether this installation signed it.
    pub checkpoint: Option<(i64, bool)>,
    /// The number of the newest checkpoint in the file; `None` where there is no file.
    pub in_file: Option<i64>,
    /// Rows that wait for their link (at most 1,000 are counted), and when the oldest was written.
    pub waiting: (i64, Option<Timestamp>),
}

/// What the signed head says of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadState {
    /// Nothing was ever linked.
    Blank,
    /// It names the last link and is signed by this installation's key ring.
    Whole,
    /// It names a later link than there is: links were cut off.
    Beyond {
        /// The link that it names.
        seq: i64,
    },
    /// It is not signed by a key of this ring, or somebody changed it.
    Foreign,
    /// Somebody removed it.
    Gone,
}

/// Looks at the end of the trail.
///
/// # Errors
/// What the store answers, or a checkpoint file that cannot be read.
pub async fn inspect(
    db: &Db,
    keys: &KeyRing,
    checkpoint_file: &Path,
) -> Result<TrailEnd, AuditError> {
    let found = db.read(async |conn| Found::read(conn).await).await?;
    let in_file = checkpoint_file::newest(checkpoint_file).await?;
    Ok(TrailEnd {
        head: head_state(found.head, found.last_link, keys),
        last_link: found.last_link,
        checkpoint: found
            .checkpoint
            .map(|last| (last.seq, last.is_signed(keys))),
        in_file,
        waiting: found.waiting,
    })
}

/// When the newest row of the trail was written.
///
/// # Errors
/// What the store answers.
pub async fn newest(db: &Db) -> Result<Option<Timestamp>, DbError> {
    db.read(async |conn| conn.optional(NEWEST, params![]).await)
        .await
}

struct Found {
    head: Option<Head>,
    last_link: i64,
    checkpoint: Option<Checkpoint>,
    waiting: (i64, Option<Timestamp>),
}

impl Found {
    /// The head first: what is linked meanwhile makes it an earlier end, never a later one.
    async fn read(conn: &mut Conn) -> Result<Self, DbError> {
        Ok(Self {
            head: head::read(conn).await?,
            last_link: link::last_seq(conn).await?,
            checkpoint: checkpoint::last(conn).await?,
            waiting: conn.one(WAITING, params![COUNTED]).await?,
        })
    }
}

fn head_state(head: Option<Head>, last_link: i64, keys: &KeyRing) -> HeadState {
    let Some(head) = head else {
        return HeadState::Gone;
    };
    if head.is_blank() {
        return HeadState::Blank;
    }
    match head.signed(keys) {
        None => HeadState::Foreign,
        Some(tip) if tip.seq > last_link => HeadState::Beyond { seq: tip.seq },
        Some(_) => HeadState::Whole,
    }
}
