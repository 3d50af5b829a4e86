//! What a person does who has the database's password.

use crate::db::{Db, Driver};

impl Db {
    /// Runs a batch of SQL on a fresh connection with full rights, as with `psql` or `sqlite3`.
    ///
    /// # Errors
    /// What the engine says, in its own words.
    pub async fn hand_written(&self, sql: &str) -> Result<(), String> {
        match self.driver() {
            Driver::Sqlite(store) => {
                let raw = rusqlite::Connection::open(store.files().path())
                    .map_err(|error| error.to_string())?;
                raw.execute_batch(sql).map_err(|error| error.to_string())
            }
            Driver::Postgres(store) => {
                let client = store
                    .full_rights()
                    .await
                    .map_err(|error| error.to_string())?;
                let ran = client.batch_execute(sql).await;
                ran.map_err(|error| {
                    error
                        .as_db_error()
                        .map_or_else(|| error.to_string(), ToString::to_string)
                })
            }
        }
    }
}
