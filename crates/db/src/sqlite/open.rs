//! How connections to the file are opened.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hanok_base::directory::open_private;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::config::StoreConfig;
use crate::error::DbError;

use super::error;
use super::session::Session;

/// SQLite's own default.
const PAGE_BYTES: u64 = 4_096;

/// The database file and how it is opened.
#[derive(Clone)]
pub(crate) struct Files {
    path: PathBuf,
    busy_timeout: Duration,
    cache_kib: u64,
    mmap_bytes: u64,
    checkpoint_bytes: u64,
}

impl Files {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self {
            path: config.sqlite_path.clone(),
            busy_timeout: Duration::from_millis(config.sqlite_busy_timeout_ms),
            cache_kib: config.sqlite_cache_bytes / 1_024,
            mmap_bytes: config.sqlite_mmap_bytes,
            checkpoint_bytes: config.sqlite_checkpoint_bytes,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The writer's connection; makes the file where there is none.
    pub(crate) fn writer(&self) -> Result<Session, DbError> {
        self.full_rights().map(Session::new)
    }

    /// A connection that may change anything, as the writer and migrations need it.
    pub(crate) fn full_rights(&self) -> Result<Connection, DbError> {
        self.make();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let pages = (self.checkpoint_bytes / PAGE_BYTES).max(1);
        self.open(flags, |raw| {
            // Temporary storage decides where a unit's savepoint keeps the pages it may have to put back. In
            // memory SQLite takes a kilobyte at a time for them; before a file, one piece of memory of
            // SQLITE_STMTJRNL_SPILL (64 KiB), and a file only where a unit changes more than that.
            raw.execute_batch(&format!(
                "PRAGMA temp_store = DEFAULT;
                 PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON;
                 PRAGMA wal_autocheckpoint = {pages};
                 PRAGMA journal_size_limit = {};",
                self.checkpoint_bytes,
            ))
        })
    }

    /// A connection that can only read.
    pub(crate) fn reader(&self) -> Result<Session, DbError> {
        self.reading().map(Session::new)
    }

    /// The same, bare.
    pub(crate) fn reading(&self) -> Result<Connection, DbError> {
        self.open(OpenFlags::SQLITE_OPEN_READ_ONLY, |raw| {
            raw.execute_batch("PRAGMA query_only = ON;")
        })
    }

    /// Makes an empty file where there is none: SQLite would make one that everybody may read. What it makes
    /// beside it later it makes like this one.
    fn make(&self) {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // It is there already, or opening it says what is wrong.
        let _ = open_private(&mut options, &self.path);
    }

    fn open(
        &self,
        flags: OpenFlags,
        set_up: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<Connection, DbError> {
        let opened =
            Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let ready = opened.and_then(|raw| {
            raw.busy_timeout(self.busy_timeout)?;
            // A plan is made of the statement alone. SQLite 3.53 otherwise compiles every statement with a bound
            // LIMIT anew at each run, to plan by its value.
            raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            // LIKE tells upper from lower case, as on PostgreSQL.
            raw.execute_batch(&format!(
                "PRAGMA cache_size = -{};
                 PRAGMA mmap_size = {};
                 PRAGMA temp_store = MEMORY;
                 PRAGMA trusted_schema = OFF;
                 PRAGMA case_sensitive_like = ON;",
                self.cache_kib, self.mmap_bytes,
            ))?;
            set_up(&raw)?;
            Ok(raw)
        });
        ready.map_err(|cause| match error::plain(&cause) {
            DbError::Unavailable(why) | DbError::Other(why) => {
                DbError::Unavailable(format!("{}: {why}", self.path.display()))
            }
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_with_a_bound_limit_is_compiled_once() {
        let place = tempfile::tempdir().unwrap();
        let config = StoreConfig {
            sqlite_path: place.path().join("limit.sqlite3"),
            ..StoreConfig::default()
        };
        let raw = Files::new(&config).full_rights().unwrap();
        raw.execute_batch(
            "CREATE TABLE number (n INTEGER); INSERT INTO number VALUES (1), (2), (3);",
        )
        .unwrap();
        let mut statement = raw.prepare("SELECT n FROM number LIMIT ?1").unwrap();
        for limit in 1..=3_i64 {
            let read = statement
                .query_map([limit], |row| row.get::<_, i64>(0))
                .unwrap();
            assert_eq!(i64::try_from(read.count()).unwrap(), limit);
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
