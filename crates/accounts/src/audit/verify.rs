//! Walking the whole trail and naming the first thing that is not as the program left it.
//!
//! Found are: a row changed in any column, inserted past the program, removed; a link changed; links cut
//! off the end, missed by the signed head at once and by the checkpoints for ever; a forged checkpoint or
//! dropped period. Memory does not grow with the trail: everything is read in pages.

pub(super) mod file;
pub(super) mod pages;
mod report;
pub(super) mod rows;
mod walk;

use std::path::Path;

use hanok_base::KeyRing;
use hanok_db::Db;

use crate::audit::AuditError;
use crate::audit::head::{self, Head};
use crate::audit::retention::{self, Dropped};

pub use report::{Broken, BrokenKind, FileState, LastCheckpoint, Report};
use walk::Walk;

/// How often the walk starts again because a period was dropped under it.
const STARTS: u32 = 3;

/// Verifies the trail against the key ring and, where one is given, the checkpoint file. It may run while
/// the program writes: what the sealer has not linked yet is counted, not blamed.
///
/// # Errors
/// What the store answers, or a checkpoint file that cannot be read. A broken trail is no error: the
/// report names it.
pub async fn verify(
    db: &Db,
    keys: &KeyRing,
    checkpoint_file: Option<&Path>,
) -> Result<Report, AuditError> {
    let mut report = Report::default();
    for _ in 0..STARTS {
        let start = Start::read(db).await?;
        let dropped = start.periods.last().map(|period| period.until_seq);
        report = examine(db, keys, checkpoint_file, start).await?;
        let now = db
            .report(async |conn| retention::last_period(conn).await)
            .await?;
        if report.is_whole() || dropped == now.map(|period| period.until_seq) {
            break;
        }
    }
    Ok(report)
}

/// What is read before the walk, and only grows during it.
struct Start {
    periods: Vec<Dropped>,
    head: Option<Head>,
}

impl Start {
    async fn read(db: &Db) -> Result<Self, AuditError> {
        db.report(async |conn| {
            Ok(Self {
                periods: retention::periods(conn).await?,
                head: head::read(conn).await?,
            })
        })
        .await
    }
}

async fn examine(
    db: &Db,
    keys: &KeyRing,
    checkpoint_file: Option<&Path>,
    start: Start,
) -> Result<Report, AuditError> {
    let known = file::known(checkpoint_file).await?;
    let mut walk = Walk::new(keys, start);
    while let Some(page) = pages::links(db, walk.last()).await? {
        walk.page(&page);
    }
    let head = db.report(async |conn| head::read(conn).await).await?;
    walk.end(head);
    let (base, last) = (walk.base(), walk.last());
    let mut report = walk.into_report();
    rows::waiting(db, keys, &mut report).await?;
    rows::unlinked(db, &mut report).await?;
    file::beyond(db, keys, last, &mut report).await?;
    file::compare(db, keys, known, base, last, &mut report).await?;
    Ok(report)
}
