//! A copy of the whole store as it is at one moment, and putting one back.
//!
//! SQLite's copy is a database file, PostgreSQL's an archive that `pg_dump` makes and `pg_restore` reads.

use std::path::{Path, PathBuf};

use crate::config::{Engine, StoreConfig};
use crate::db::{Db, Driver};
use crate::error::DbError;
use crate::{postgres, sqlite};

impl Db {
    /// Copies the whole store as it is at one moment into the file `to`, while units go on. The copy is
    /// whole and on disk when this returns; a file that is there is replaced.
    ///
    /// # Errors
    /// [`DbError::Other`] with what is wrong: a file that cannot be written, a damaged store, PostgreSQL's
    /// programs absent or older than the server.
    pub async fn backup(&self, to: &Path) -> Result<(), DbError> {
        match self.driver() {
            Driver::Sqlite(store) => store.backup(to).await,
            Driver::Postgres(store) => store.backup(to).await,
        }
    }

    /// SQLite's files that are where these settings keep the data: the database, and the journals beside it,
    /// which SQLite would play back into any database that is put there. None on PostgreSQL.
    pub fn files_in_place(config: &StoreConfig) -> Vec<PathBuf> {
        match config.engine {
            Engine::Sqlite => sqlite::files_in_place(&config.sqlite_path),
            Engine::Postgres => Vec::new(),
        }
    }

    /// Whether there is nothing yet where these settings keep the data: on SQLite, none of the
    /// [files](Self::files_in_place). Makes nothing.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] where PostgreSQL does not answer.
    pub async fn is_blank(config: &StoreConfig) -> Result<bool, DbError> {
        match config.engine {
            Engine::Sqlite => Ok(Self::files_in_place(config).is_empty()),
            Engine::Postgres => postgres::is_blank(config).await,
        }
    }

    /// Puts a copy that [`backup`](Self::backup) made on the same engine where these settings keep the
    /// data. It must be blank there; all of the copy is put there or nothing.
    ///
    /// # Errors
    /// As [`backup`](Self::backup); on PostgreSQL also while any process has the database open.
    pub async fn restore(config: &StoreConfig, from: &Path) -> Result<(), DbError> {
        if !Self::is_blank(config).await? {
            return Err(DbError::Other("there is data already".to_owned()));
        }
        match config.engine {
            Engine::Sqlite => sqlite::restore(config, from).await,
            Engine::Postgres => postgres::restore(config, from).await,
        }
    }
}
