//! The sealer: links what waits into the chain and signs checkpoints.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hanok_base::{KeyRing, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx, params};

use crate::audit::checkpoint::{self, Checkpoint};
use crate::audit::checkpoint_file;
use crate::audit::link::{self, BATCH, Tip};
use crate::audit::row::LogRow;
use crate::audit::{AuditConfig, AuditError, head};

/// Links the rows that wait, in units of up to 1,000. Several may run at once, in one process or in
/// many: each row is linked once. Cloning shares what it knows of the file.
#[derive(Clone, Debug)]
pub struct Sealer {
    keys: KeyRing,
    pace: Pace,
    file: Option<PathBuf>,
    file_behind: Arc<AtomicBool>,
}

/// When a checkpoint is due.
#[derive(Clone, Copy, Debug)]
struct Pace {
    rows: i64,
    every: Duration,
}

impl Pace {
    fn is_due(self, end: i64, last: Option<(i64, Timestamp)>, now: Timestamp) -> bool {
        match last {
            None => end > 0,
            Some((seq, at)) => end > seq && (end - seq >= self.rows || now.since(at) >= self.every),
        }
    }
}

impl Sealer {
    /// A sealer that also appends checkpoints to `file`, where there is one
    /// ([`AuditConfig::checkpoint_path`]).
    pub fn new(keys: KeyRing, config: &AuditConfig, file: Option<PathBuf>) -> Self {
        let pace = Pace {
            rows: i64::from(config.checkpoint_rows),
            every: config.checkpoint_every(),
        };
        Self {
            keys,
            pace,
            file,
            file_behind: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Links up to 1,000 rows that wait, and writes a checkpoint where one is due. Says how many rows
    /// were linked. Where nothing is to be done it costs one read.
    ///
    /// # Errors
    /// What the store answers, a missing audit key, or a checkpoint file that cannot be written: then
    /// the rows are linked and the file is caught up next time.
    pub async fn run_once(&self, db: &Db, now: Timestamp) -> Result<usize, AuditError> {
        let mut linked = 0;
        if self.probe(db, now).await? {
            let (keys, pace) = (self.keys.clone(), self.pace);
            let done = db
                .write(async move |tx| seal(tx, &keys, pace, now).await)
                .await?;
            linked = done.linked;
            self.file_behind
                .fetch_or(done.checkpoint, Ordering::Relaxed);
        }
        self.catch_up(db).await?;
        Ok(linked)
    }

    /// Links until nothing waits.
    ///
    /// # Errors
    /// As [`run_once`](Self::run_once).
    pub async fn run(&self, db: &Db, now: Timestamp) -> Result<usize, AuditError> {
        let mut linked = 0;
        loop {
            let more = self.run_once(db, now).await?;
            linked += more;
            if more < BATCH {
                return Ok(linked);
            }
        }
    }

    async fn probe(&self, db: &Db, now: Timestamp) -> Result<bool, DbError> {
        let (waiting, end, seq, at) = db.read(probe).await?;
        let last = seq.zip(at);
        Ok(waiting > 0 || self.pace.is_due(end.unwrap_or_default(), last, now))
    }

    /// Brings the file up to what the table holds.
    async fn catch_up(&self, db: &Db) -> Result<(), AuditError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        if self.file_behind.swap(false, Ordering::Relaxed) {
            let caught_up = checkpoint_file::catch_up(db, file).await;
            self.file_behind
                .fetch_or(caught_up.is_err(), Ordering::Relaxed);
            return caught_up;
        }
        Ok(())
    }
}

/// Whether anything waits, where the chain ends, and the newest checkpoint.
type Probe = (i64, Option<i64>, Option<i64>, Option<Timestamp>);

pub(super) const PROBE: &str = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM audit_unsealed LIMIT 1) AS waiting), \
    (SELECT MAX(seq) FROM audit_chain), \
    (SELECT MAX(seq) FROM audit_checkpoint), \
    (SELECT at FROM audit_checkpoint ORDER BY seq DESC LIMIT 1)";

async fn probe(conn: &mut Conn) -> Result<Probe, DbError> {
    conn.one(PROBE, params![]).await
}

struct Sealed {
    linked: usize,
    checkpoint: bool,
}

/// The one unit: only what holds the head's lock gets here.
async fn seal(
    tx: &mut Tx,
    keys: &KeyRing,
    pace: Pace,
    now: Timestamp,
) -> Result<Sealed, AuditError> {
    let mut tip = Tip::lock(tx, keys).await?;
    let mut last = checkpoint::last(tx).await?.map(|last| (last.seq, last.at));
    let version = i64::from(keys.audit_version()).max(tip.key_version);
    let rows = link::waiting(tx).await?;
    let mut written = false;
    if rotates(version, &tip, last, &rows) {
        last = Some(write_checkpoint(tx, keys, version, &tip, now).await?);
        written = true;
    }
    if rows.is_empty() {
        link::forget_linked(tx).await?;
    } else {
        link::append(tx, keys, version, &mut tip, &rows).await?;
        head::write(tx, keys, &tip).await?;
    }
    if pace.is_due(tip.seq, last, now) {
        write_checkpoint(tx, keys, version, &tip, now).await?;
        written = true;
    }
    Ok(Sealed {
        linked: rows.len(),
        checkpoint: written,
    })
}

/// The key changes only at a checkpoint, and the first link under the new one stands behind it.
fn rotates(version: i64, tip: &Tip, last: Option<(i64, Timestamp)>, rows: &[LogRow]) -> bool {
    let at_checkpoint = last.is_some_and(|(seq, _)| seq == tip.seq);
    !rows.is_empty() && tip.seq > 0 && version != tip.key_version && !at_checkpoint
}

async fn write_checkpoint(
    tx: &mut Tx,
    keys: &KeyRing,
    version: i64,
    tip: &Tip,
    now: Timestamp,
) -> Result<(i64, Timestamp), AuditError> {
    let made = Checkpoint::sign(keys, version, tip, now)?;
    checkpoint::insert(tx, &made).await?;
    Ok((made.seq, made.at))
}
