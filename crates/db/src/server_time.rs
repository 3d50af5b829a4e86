//! What time it is where the database runs.

use hanok_base::Timestamp;

use crate::config::Engine;
use crate::db::Db;
use crate::error::DbError;

const NOW: &str =
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS server_time";

impl Db {
    /// What the database's machine takes the time to be; `None` for SQLite, which has no clock of its own.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn server_time(&self) -> Result<Option<Timestamp>, DbError> {
        match self.engine() {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => {
                self.read(async |conn| conn.one(NOW, &[]).await.map(Some))
                    .await
            }
        }
    }
}
