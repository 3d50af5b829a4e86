//! The configuration section `store`.

use std::path::PathBuf;

use hanok_base::Secret;
use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

/// The engine that keeps the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// SQLite, bundled: one file.
    #[default]
    Sqlite,
    /// PostgreSQL, 14 or later.
    Postgres,
}

impl Engine {
    /// `sqlite` or `postgres`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Section `store`: which engine, and its limits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite` or `postgres`.
    pub engine: Engine,
    /// Units that may wait for the writer; one more answers `busy`.
    pub queue_length: usize,
    /// Statements that take longer are logged by name; milliseconds.
    pub slow_statement_ms: u64,
    /// SQLite: the database file; its directory must exist.
    pub sqlite_path: PathBuf,
    /// SQLite: most units that share one commit.
    pub sqlite_max_batch: usize,
    /// SQLite: page cache of each connection; bytes.
    pub sqlite_cache_bytes: u64,
    /// SQLite: how much of the file is read through the memory map; bytes, 0 for none.
    pub sqlite_mmap_bytes: u64,
    /// SQLite: size of the write-ahead log at which it is checkpointed; bytes.
    pub sqlite_checkpoint_bytes: u64,
    /// SQLite: read connections that are kept open while idle.
    pub sqlite_readers: usize,
    /// SQLite: threads that walk reports.
    pub sqlite_report_threads: usize,
    /// SQLite: reports that may wait for a thread; one more answers `busy`.
    pub sqlite_report_queue: usize,
    /// SQLite: how long to wait for another process's write; milliseconds.
    pub sqlite_busy_timeout_ms: u64,
    /// PostgreSQL: a `postgres://` URL instead of the single settings.
    pub postgres_url: Option<Secret>,
    /// PostgreSQL: host name, address, or directory of the Unix socket.
    pub postgres_host: String,
    /// PostgreSQL: port.
    pub postgres_port: u16,
    /// PostgreSQL: user.
    pub postgres_user: String,
    /// PostgreSQL: password.
    pub postgres_password: Option<Secret>,
    /// PostgreSQL: database.
    pub postgres_database: String,
    /// PostgreSQL: most connections.
    pub postgres_pool_size: usize,
    /// PostgreSQL: how long to wait for a free connection; milliseconds.
    pub postgres_pool_wait_ms: u64,
    /// PostgreSQL: how long to wait for a new connection; milliseconds.
    pub postgres_connect_timeout_ms: u64,
    /// PostgreSQL: a statement that takes longer is cancelled; milliseconds.
    pub postgres_statement_timeout_ms: u64,
    /// PostgreSQL: a lock that takes longer is given up; milliseconds.
    pub postgres_lock_timeout_ms: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            engine: Engine::Sqlite,
            queue_length: 1_024,
            slow_statement_ms: 100,
            sqlite_path: PathBuf::from("hanok.db"),
            sqlite_max_batch: 128,
            sqlite_cache_bytes: 8 << 20,
            sqlite_mmap_bytes: 0,
            sqlite_checkpoint_bytes: 16 << 20,
            sqlite_readers: 8,
            sqlite_report_threads: 2,
            sqlite_report_queue: 32,
            sqlite_busy_timeout_ms: 5_000,
            postgres_url: None,
            postgres_host: "localhost".to_owned(),
            postgres_port: 5_432,
            postgres_user: "hanok".to_owned(),
            postgres_password: None,
            postgres_database: "hanok".to_owned(),
            postgres_pool_size: 20,
            postgres_pool_wait_ms: 2_000,
            postgres_connect_timeout_ms: 5_000,
            postgres_statement_timeout_ms: 15_000,
            postgres_lock_timeout_ms: 3_000,
        }
    }
}

impl Validate for StoreConfig {
    fn validate(&self) -> Vec<Problem> {
        let at_least_one = [
            ("queue_length", self.queue_length),
            ("sqlite_max_batch", self.sqlite_max_batch),
            ("sqlite_report_threads", self.sqlite_report_threads),
            ("sqlite_report_queue", self.sqlite_report_queue),
            ("postgres_pool_size", self.postgres_pool_size),
        ];
        let mut problems: Vec<Problem> = at_least_one
            .into_iter()
            .filter(|(_, number)| *number == 0)
            .map(|(key, _)| Problem::new(key, "at least 1"))
            .collect();
        match self.engine {
            Engine::Sqlite if self.sqlite_path.as_os_str().is_empty() => {
                problems.push(Problem::new("sqlite_path", "the path of the database file"));
            }
            Engine::Postgres if self.postgres_url.is_none() => {
                problems.extend(self.incomplete_address());
            }
            Engine::Sqlite | Engine::Postgres => {}
        }
        problems
    }
}

impl StoreConfig {
    fn incomplete_address(&self) -> impl Iterator<Item = Problem> {
        let needed = [
            ("postgres_host", &self.postgres_host),
            ("postgres_user", &self.postgres_user),
            ("postgres_database", &self.postgres_database),
        ];
        let missing = needed.into_iter().filter(|(_, text)| text.is_empty());
        missing.map(|(key, _)| {
            Problem::new(key, "needed for PostgreSQL where postgres_url is not set")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_have_no_fault_and_each_fault_is_named() {
        assert_eq!(StoreConfig::default().validate(), []);
        let wrong = StoreConfig {
            engine: Engine::Postgres,
            queue_length: 0,
            postgres_user: String::new(),
            ..StoreConfig::default()
        };
        let keys: Vec<String> = wrong
            .validate()
            .into_iter()
            .map(|problem| problem.key)
            .collect();
        assert_eq!(keys, ["queue_length", "postgres_user"]);
    }
}
