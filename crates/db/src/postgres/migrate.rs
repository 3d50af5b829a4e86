//! Migrations on PostgreSQL, under an advisory lock of the session that runs them.

use refinery_core::Migration as Step;
use tokio_postgres::{Client, NoTls};

use crate::config::Engine;
use crate::error::DbError;
use crate::migrate::{AppliedMigration, MigrationSet, Prepared};

use super::{Postgres, error};

/// The number of the advisory lock: "hanok" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(448612560747)";

impl Postgres {
    pub(crate) async fn migrate(
        &self,
        sets: &[MigrationSet],
    ) -> Result<Vec<AppliedMigration>, DbError> {
        let sets = Prepared::all(sets, Engine::Postgres)?;
        let mut client = self.full_rights().await?;
        // The lock ends with the session, also when this future is dropped.
        client
            .batch_execute(LOCK)
            .await
            .map_err(|cause| error::plain(&cause))?;
        let mut applied = Vec::new();
        for set in &sets {
            let report = set
                .runner()
                .run_async(&mut client)
                .await
                .map_err(|cause| set.fault(None, &cause))?;
            applied.extend(set.applied(report.applied_migrations()));
        }
        Ok(applied)
    }

    pub(crate) async fn pending(&self, sets: &[MigrationSet]) -> Result<Vec<String>, DbError> {
        let sets = Prepared::all(sets, Engine::Postgres)?;
        let mut client = self.full_rights().await?;
        let mut pending = Vec::new();
        for set in &sets {
            let history = history(&mut client, set).await?;
            pending.extend(set.names(&set.pending(&history)?));
        }
        Ok(pending)
    }

    pub(crate) async fn applied(
        &self,
        sets: &[MigrationSet],
    ) -> Result<Vec<AppliedMigration>, DbError> {
        let sets = Prepared::all(sets, Engine::Postgres)?;
        let mut client = self.full_rights().await?;
        let mut applied = Vec::new();
        for set in &sets {
            applied.extend(set.described(&history(&mut client, set).await?));
        }
        Ok(applied)
    }

    /// A connection of its own without limits; it ends when the client is dropped.
    pub(crate) async fn full_rights(&self) -> Result<Client, DbError> {
        let (client, connection) = self
            .unlimited()
            .connect(NoTls)
            .await
            .map_err(|cause| error::connecting(&cause))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection of PostgreSQL ended");
            }
        });
        Ok(client)
    }
}

async fn history(client: &mut Client, set: &Prepared) -> Result<Vec<Step>, DbError> {
    if !exists(client, &set.history).await? {
        return Ok(Vec::new());
    }
    let history = set.runner().get_applied_migrations_async(client).await;
    history.map_err(|cause| set.fault(None, &cause))
}

async fn exists(client: &Client, table: &str) -> Result<bool, DbError> {
    let sql = "SELECT to_regclass($1) IS NOT NULL";
    let row = client
        .query_one(sql, &[&table])
        .await
        .map_err(|cause| error::plain(&cause))?;
    row.try_get(0).map_err(|cause| error::plain(&cause))
}
