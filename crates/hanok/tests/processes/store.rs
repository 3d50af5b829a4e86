//! Where the servers keep things.

use hanok_db::StoreConfig;
use hanok_db::testing::{Postgres, TestDatabase};
use tempfile::TempDir;

use crate::server_of_own::ServerOfOwn;

/// A store, and what keeps it there; a database on PostgreSQL is dropped by its server's end.
pub struct Store {
    pub config: StoreConfig,
    /// Where the servers and SQLite keep their files.
    pub place: TempDir,
    _database: Option<TestDatabase>,
}

impl Store {
    pub fn sqlite() -> Self {
        let place = tempfile::tempdir().unwrap();
        let config = StoreConfig {
            sqlite_path: place.path().join("hanok.db"),
            ..StoreConfig::default()
        };
        Self {
            config,
            place,
            _database: None,
        }
    }

    /// A database that is on disk before anybody is answered.
    pub async fn postgres() -> Option<Self> {
        let server = Postgres::named("HANOK_TEST_POSTGRES_DURABLE")?;
        Some(Self::of(&server).await)
    }

    /// A database of a server that the test may stop.
    pub async fn stoppable(server: &ServerOfOwn) -> Self {
        Self::of(&Postgres::at(&server.url())).await
    }

    async fn of(server: &Postgres) -> Self {
        let database = server.database(&[]).await.unwrap();
        Self {
            config: database.config().clone(),
            place: tempfile::tempdir().unwrap(),
            _database: Some(database),
        }
    }
}
