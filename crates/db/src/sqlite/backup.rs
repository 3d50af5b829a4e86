//! Copying the database file while the program runs, by SQLite's online backup.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use hanok_base::directory::new_private;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::config::StoreConfig;
use crate::error::DbError;

use super::open::Files;
use super::{Sqlite, error, in_background};

/// One step for all pages: SQLite begins a copy anew whenever another connection commits between two
/// steps, which under load never ends. Writers do not wait for it; the write-ahead log grows meanwhile.
const ALL_PAGES: i32 = -1;

impl Sqlite {
    pub(crate) async fn backup(&self, to: &Path) -> Result<(), DbError> {
        let (files, to) = (self.files().clone(), to.to_owned());
        in_background(move || {
            copy(&files, &to)?;
            close_up(&to).map_err(|cause| error::plain(&cause))?;
            on_disk(&to).map_err(|cause| at(&to, &cause))
        })
        .await
    }
}

fn copy(files: &Files, to: &Path) -> Result<(), DbError> {
    let from = files.reading()?;
    let blank = new_private(to).map_err(|cause| at(to, &cause))?;
    drop(blank);
    let copied = Connection::open(to).and_then(|mut target| {
        // Nobody reads the target before it is whole, so it needs no journal.
        target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
        Backup::new(&from, &mut target)?.step(ALL_PAGES)
    });
    match copied.map_err(|cause| error::plain(&cause))? {
        StepResult::Done => Ok(()),
        _ => Err(DbError::Busy),
    }
}

/// Makes the copy one file that stands for itself, and reads all of it once: a damaged store is found
/// when it is backed up and not when the copy is needed.
fn close_up(copy: &Path) -> rusqlite::Result<()> {
    let raw = Connection::open(copy)?;
    raw.execute_batch("PRAGMA synchronous = OFF;")?;
    raw.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let found: String = raw.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    let damaged = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(rusqlite::Error::SqliteFailure(damaged, Some(found)))
}

/// What SQLite puts beside a database file under its name. A journal that outlived its database is played
/// back into the next file of that name.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// The database file and those beside it, as far as they are there.
pub(crate) fn files_in_place(database: &Path) -> Vec<PathBuf> {
    let named = BESIDE.iter().map(|ending| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    });
    named.filter(|path| is_there(path)).collect()
}

/// Whether there is anything of that name, if only a link to nowhere, or none can say.
fn is_there(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(cause) if cause.kind() == io::ErrorKind::NotFound)
}

/// Copies a backup beside the place of the database, then gives it its name.
pub(crate) async fn restore(config: &StoreConfig, from: &Path) -> Result<(), DbError> {
    let (to, from) = (config.sqlite_path.clone(), from.to_owned());
    in_background(move || {
        let beside = to.with_added_extension("restoring");
        let restored = put_back(&from, &beside, &to);
        if restored.is_err() {
            // It may not be there.
            let _ = fs::remove_file(&beside);
        }
        restored.map_err(|cause| at(&to, &cause))
    })
    .await
}

fn put_back(from: &Path, beside: &Path, to: &Path) -> io::Result<()> {
    let (mut source, mut target) = (File::open(from)?, new_private(beside)?);
    io::copy(&mut source, &mut target)?;
    target.sync_all()?;
    still_blank(to)?;
    fs::rename(beside, to)?;
    folder(to).and_then(|folder| folder.sync_all())
}

/// Refused where files came while the copy was written.
fn still_blank(to: &Path) -> io::Result<()> {
    let there = files_in_place(to);
    if there.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = there
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let told = format!("there is {} already", names.join(", "));
    Err(io::Error::new(io::ErrorKind::AlreadyExists, told))
}

fn on_disk(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    folder(path)?.sync_all()
}

fn folder(path: &Path) -> io::Result<File> {
    let parent = path.parent().map(Path::to_owned).unwrap_or_default();
    let here = parent.as_os_str().is_empty();
    File::open(if here { PathBuf::from(".") } else { parent })
}

fn at(path: &Path, cause: &io::Error) -> DbError {
    match cause.kind() {
        io::ErrorKind::StorageFull => DbError::Full,
        _ => DbError::Other(format!("{}: {cause}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_came_while_the_copy_was_written_is_not_played_into_it() {
        let place = tempfile::tempdir().expect("a directory");
        let file = |name: &str| place.path().join(name);
        fs::write(file("copy"), "a copy").expect("a file");
        for journal in ["to.db-wal", "to.db-shm", "to.db-journal"] {
            fs::write(file(journal), "left behind").expect("a file");
            let refused = put_back(&file("copy"), &file("beside"), &file("to.db"));
            let refused = refused.expect_err("a journal").to_string();
            assert!(
                refused.contains(&file(journal).display().to_string()),
                "{refused}"
            );
            assert!(!file("to.db").exists());
            fs::remove_file(file(journal)).expect("the file");
        }
        put_back(&file("copy"), &file("beside"), &file("to.db")).expect("nothing is there");
        assert_eq!(fs::read(file("to.db")).expect("a file"), b"a copy");
    }
}
