//! Migrations on SQLite, under a lock on a file beside the database.

use std::fs::{File, OpenOptions};

use hanok_base::directory::open_private;
use refinery_core::{Migration as Step, Target};
use rusqlite::{Connection, TransactionBehavior};

use crate::config::Engine;
use crate::error::DbError;
use crate::migrate::{AppliedMigration, MigrationSet, Prepared};

use super::open::Files;
use super::{Sqlite, error, in_background};

impl Sqlite {
    pub(crate) async fn migrate(
        &self,
        sets: &[MigrationSet],
    ) -> Result<Vec<AppliedMigration>, DbError> {
        let (files, sets) = (self.files.clone(), Prepared::all(sets, Engine::Sqlite)?);
        in_background(move || migrate(&files, &sets)).await
    }

    pub(crate) async fn pending(&self, sets: &[MigrationSet]) -> Result<Vec<String>, DbError> {
        let (files, sets) = (self.files.clone(), Prepared::all(sets, Engine::Sqlite)?);
        in_background(move || pending(&files, &sets)).await
    }

    pub(crate) async fn applied(
        &self,
        sets: &[MigrationSet],
    ) -> Result<Vec<AppliedMigration>, DbError> {
        let (files, sets) = (self.files.clone(), Prepared::all(sets, Engine::Sqlite)?);
        in_background(move || applied(&files, &sets)).await
    }
}

fn migrate(files: &Files, sets: &[Prepared]) -> Result<Vec<AppliedMigration>, DbError> {
    let _lock = lock(files)?;
    let mut raw = files.full_rights()?;
    // A transaction that begins by reading could not go on to write beside another process's unit.
    raw.set_transaction_behavior(TransactionBehavior::Immediate);
    let mut applied = Vec::new();
    for set in sets {
        let history = history(&mut raw, set)?;
        for step in set.pending(&history)? {
            applied.extend(apply(&mut raw, set, step)?);
        }
    }
    Ok(applied)
}

/// Applies one migration and writes it into the history in the same transaction, which refinery does
/// on SQLite only where migrations are grouped.
fn apply(
    raw: &mut Connection,
    set: &Prepared,
    step: &Step,
) -> Result<Vec<AppliedMigration>, DbError> {
    let runner = set
        .runner()
        .set_grouped(true)
        .set_target(Target::Version(step.version()));
    let report = runner
        .run(raw)
        .map_err(|cause| set.fault(Some(step), &cause))?;
    Ok(set.applied(report.applied_migrations()))
}

/// Waits for other processes that migrate; the lock ends when the file is dropped.
fn lock(files: &Files) -> Result<File, DbError> {
    let path = files.path().with_added_extension("migrating");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let opened = open_private(&mut options, &path);
    let locked = opened.and_then(|file| file.lock().map(|()| file));
    locked.map_err(|cause| DbError::Unavailable(format!("{}: {cause}", path.display())))
}

fn pending(files: &Files, sets: &[Prepared]) -> Result<Vec<String>, DbError> {
    let mut raw = files.full_rights()?;
    let mut pending = Vec::new();
    for set in sets {
        let history = history(&mut raw, set)?;
        pending.extend(set.names(&set.pending(&history)?));
    }
    Ok(pending)
}

fn applied(files: &Files, sets: &[Prepared]) -> Result<Vec<AppliedMigration>, DbError> {
    let mut raw = files.full_rights()?;
    let mut applied = Vec::new();
    for set in sets {
        applied.extend(set.described(&history(&mut raw, set)?));
    }
    Ok(applied)
}

fn history(raw: &mut Connection, set: &Prepared) -> Result<Vec<Step>, DbError> {
    if !exists(raw, &set.history).map_err(|cause| error::plain(&cause))? {
        return Ok(Vec::new());
    }
    let history = set.runner().get_applied_migrations(raw);
    history.map_err(|cause| set.fault(None, &cause))
}

fn exists(raw: &Connection, table: &str) -> rusqlite::Result<bool> {
    raw.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1",
        [table],
        |row| row.get::<_, i64>(0).map(|count| count > 0),
    )
}
