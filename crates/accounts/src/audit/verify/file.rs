//! Checkpoints beyond the end of the chain, and the file of them outside the database.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use hanok_base::KeyRing;
use hanok_db::{Db, DbError, params};

use crate::audit::AuditError;
use crate::audit::checkpoint::{self, Checkpoint};
use crate::audit::checkpoint_file;
use crate::audit::verify::report::{BrokenKind, FileState, Report};

/// The file as it was before the walk: what is appended later is not looked at.
pub(super) enum Known {
    NotGiven,
    Missing,
    Bytes(PathBuf, u64),
}

pub(super) async fn known(file: Option<&Path>) -> Result<Known, AuditError> {
    let Some(path) = file else {
        return Ok(Known::NotGiven);
    };
    let length = checkpoint_file::length(path).await?;
    Ok(length.map_or(Known::Missing, |length| {
        Known::Bytes(path.to_owned(), length)
    }))
}

pub(in crate::audit) const BEYOND: &str = const_format::concatcp!(
    "SELECT ",
    Checkpoint::COLUMNS,
    " FROM audit_checkpoint WHERE seq > $1 \
     AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.seq = audit_checkpoint.seq) ORDER BY seq LIMIT 1"
);

/// A checkpoint in the table that names a link behind the last one there is.
pub(super) async fn beyond(
    db: &Db,
    keys: &KeyRing,
    last: Option<i64>,
    report: &mut Report,
) -> Result<(), AuditError> {
    let end = last.unwrap_or(0);
    let found: Option<Checkpoint> = db
        .report::<_, DbError, _>(async move |conn| conn.optional(BEYOND, params![end]).await)
        .await?;
    if let Some(made) = found {
        let signed = made.is_signed(keys);
        let (kind, detail) = if signed {
            (
                BrokenKind::CutOff,
                "a checkpoint in the table lies behind the end of the chain",
            )
        } else {
            (
                BrokenKind::Checkpoint,
                "a checkpoint in the table is forged",
            )
        };
        report.blame(
            kind,
            Some(if signed { end + 1 } else { made.seq }),
            None,
            detail,
        );
    }
    Ok(())
}

/// Compares the file's checkpoints with the table's, which the walk has compared with the chain.
pub(super) async fn compare(
    db: &Db,
    keys: &KeyRing,
    known: Known,
    base: i64,
    last: Option<i64>,
    report: &mut Report,
) -> Result<(), AuditError> {
    let (path, length) = match known {
        Known::NotGiven => return Ok(()),
        Known::Missing => {
            report.checkpoint_file = FileState::Missing;
            return Ok(());
        }
        Known::Bytes(path, length) => (path, length),
    };
    let (mut from, mut compared) = (0, 0);
    while from < length {
        let (page, next) = checkpoint_file::page(&path, from, length).await?;
        let table = of_table(db, &page).await?;
        for made in &page {
            compared += 1;
            if let Some((kind, seq, detail)) =
                fault(keys, made, table.get(&made.seq), base, last.unwrap_or(base))
            {
                report.blame(kind, Some(seq), None, detail);
            }
        }
        if next == from {
            break;
        }
        from = next;
    }
    report.checkpoint_file = FileState::Compared(compared);
    Ok(())
}

async fn of_table(db: &Db, page: &[Checkpoint]) -> Result<HashMap<i64, Checkpoint>, AuditError> {
    let places = || page.iter().map(|made| made.seq);
    let (Some(first), Some(last)) = (places().min(), places().max()) else {
        return Ok(HashMap::new());
    };
    let found = db
        .report(async move |conn| checkpoint::between(conn, first, last).await)
        .await?;
    Ok(found.into_iter().map(|made| (made.seq, made)).collect())
}

fn fault(
    keys: &KeyRing,
    made: &Checkpoint,
    table: Option<&Checkpoint>,
    base: i64,
    last: i64,
) -> Option<(BrokenKind, i64, &'static str)> {
    if !made.is_signed(keys) {
        return Some((
            BrokenKind::Checkpoint,
            made.seq,
            "a checkpoint in the file is forged",
        ));
    }
    match table {
        _ if made.seq <= base => None,
        Some(table) if table.mac == made.mac => None,
        Some(_) => Some((
            BrokenKind::Link,
            made.seq,
            "the checkpoint file names another link in this place",
        )),
        None if made.seq > last => Some((
            BrokenKind::CutOff,
            last + 1,
            "a checkpoint in the file lies behind the end of the chain",
        )),
        None => Some((
            BrokenKind::Checkpoint,
            made.seq,
            "a checkpoint of the file is gone from the table",
        )),
    }
}
