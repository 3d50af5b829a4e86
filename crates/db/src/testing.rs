//! Throwaway stores for tests, what a person with `psql` or `sqlite3` would do, and plaintext scans.
//!
//! [`both_engines!`](crate::both_engines) runs each test on SQLite and on PostgreSQL from one source.

mod by_hand;
mod dump;
mod engines;
mod plan;
mod server;

pub use engines::{on_postgres, on_sqlite};
pub use plan::plan;
pub use server::{Postgres, TestDatabase};

use crate::config::StoreConfig;
use crate::db::{Db, Driver};
use crate::error::DbError;

impl Db {
    /// Opens the same store once more, as another process would, with some settings changed.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn reopen(&self, change: impl FnOnce(&mut StoreConfig)) -> Result<Self, DbError> {
        let mut config = self.config().clone();
        change(&mut config);
        Self::open(&config).await
    }

    /// SQLite: lets the file grow no further than `pages` pages of 4 KiB, or than it is now if that is
    /// more, as a full disk would; `None` lifts it.
    ///
    /// # Errors
    /// [`DbError::Other`] on PostgreSQL.
    pub async fn limit_file(&self, pages: Option<u32>) -> Result<(), DbError> {
        const MOST: u32 = 1_073_741_823;
        let Driver::Sqlite(store) = self.driver() else {
            return Err(DbError::Other(
                "only SQLite's file can be limited".to_owned(),
            ));
        };
        let pages = pages.unwrap_or(MOST);
        store
            .on_writer(move |raw| raw.execute_batch(&format!("PRAGMA max_page_count = {pages}")))
            .await
    }
}
