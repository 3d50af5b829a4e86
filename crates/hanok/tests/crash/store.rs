//! Where the server that is killed keeps things.

use hanok_db::StoreConfig;
use hanok_db::testing::{Postgres, TestDatabase};
use tempfile::TempDir;

/// Where the server keeps things; a database on PostgreSQL is dropped by its server's end.
pub struct Store {
    pub config: StoreConfig,
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
        let database = Postgres::named("HANOK_TEST_POSTGRES_DURABLE")?
            .database(&[])
            .await
            .unwrap();
        let (config, place) = (database.config().clone(), tempfile::tempdir().unwrap());
        Some(Self {
            config,
            place,
            _database: Some(database),
        })
    }
}
