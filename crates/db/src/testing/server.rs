//! Databases of a PostgreSQL server that is there for tests.

use hanok_base::{Random, Secret, encoding};
use tokio_postgres::{Client, Config, NoTls};

use crate::config::{Engine, StoreConfig};
use crate::db::Db;
use crate::error::DbError;
use crate::migrate::{MigrationSet, Sql};

/// The variable that names the server: a `postgres://` URL with the right to create databases.
pub const VARIABLE: &str = "HANOK_TEST_POSTGRES";

const LOCK: &str = "SELECT pg_advisory_lock(448612560748)";

/// A PostgreSQL server for tests.
#[derive(Debug, Clone)]
pub struct Postgres {
    url: String,
}

impl Postgres {
    /// The server that `HANOK_TEST_POSTGRES` names, if it is set.
    pub fn from_env() -> Option<Self> {
        Self::named(VARIABLE)
    }

    /// The server that another variable names, if it is set: one that writes to disk before it answers.
    #[expect(
        clippy::disallowed_methods,
        reason = "which server tests may use is no setting of the program"
    )]
    pub fn named(variable: &str) -> Option<Self> {
        std::env::var(variable)
            .ok()
            .filter(|url| !url.is_empty())
            .map(|url| Self { url })
    }

    /// The server at this `postgres://` URL.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
        }
    }

    /// A fresh database with these migrations. It is copied from a template that is made once for each
    /// text of the migrations and kept on the server for later runs.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn database(&self, sets: &[MigrationSet]) -> Result<TestDatabase, DbError> {
        let client = self.maintenance().await?;
        let template = self.template(&client, sets).await?;
        let name = format!(
            "hanok_test_{}",
            encoding::hex_encode(&Random::system().bytes::<8>())
        );
        run(
            &client,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await?;
        Ok(TestDatabase {
            config: self.config(&name),
            server: self.clone(),
            name,
        })
    }

    async fn template(&self, client: &Client, sets: &[MigrationSet]) -> Result<String, DbError> {
        let name = format!("hanok_template_{}", fingerprint(sets));
        // Others of this name wait here; the lock ends with the session.
        run(client, LOCK).await?;
        let known = client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await;
        if known.map_err(|cause| fault(&cause))?.is_some() {
            run(client, "SELECT pg_advisory_unlock_all()").await?;
            return Ok(name);
        }
        let building = format!("{name}_building");
        run(
            client,
            &format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)"),
        )
        .await?;
        run(
            client,
            &format!("CREATE DATABASE {building} TEMPLATE template0 ENCODING 'UTF8'"),
        )
        .await?;
        let db = Db::open(&self.config(&building)).await?;
        db.migrate(sets).await?;
        db.close().await;
        run(
            client,
            &format!("ALTER DATABASE {building} RENAME TO {name}"),
        )
        .await?;
        run(client, "SELECT pg_advisory_unlock_all()").await?;
        Ok(name)
    }

    fn config(&self, database: &str) -> StoreConfig {
        StoreConfig {
            engine: Engine::Postgres,
            postgres_url: Some(Secret::new(with_database(&self.url, database))),
            postgres_pool_size: 6,
            // Hundreds call at once on a machine that does other things besides: they queue.
            postgres_pool_wait_ms: 60_000,
            postgres_lock_timeout_ms: 60_000,
            postgres_statement_timeout_ms: 60_000,
            ..StoreConfig::default()
        }
    }

    async fn maintenance(&self) -> Result<Client, DbError> {
        let config: Config = self.url.parse().map_err(|cause| fault(&cause))?;
        let (client, connection) = config.connect(NoTls).await.map_err(|cause| fault(&cause))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "the test server's connection ended");
            }
        });
        Ok(client)
    }
}

/// A database of one test.
#[derive(Debug)]
pub struct TestDatabase {
    config: StoreConfig,
    server: Postgres,
    name: String,
}

impl TestDatabase {
    /// How to open it.
    pub const fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// Drops it, whoever is still connected.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn remove(self) -> Result<(), DbError> {
        let client = self.server.maintenance().await?;
        run(
            &client,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        )
        .await
    }
}

async fn run(client: &Client, sql: &str) -> Result<(), DbError> {
    client
        .batch_execute(sql)
        .await
        .map_err(|cause| fault(&cause))
}

fn fault(cause: &tokio_postgres::Error) -> DbError {
    let reported = cause.as_db_error().map(ToString::to_string);
    DbError::Unavailable(format!(
        "{VARIABLE}: {}",
        reported.unwrap_or_else(|| cause.to_string())
    ))
}

fn fingerprint(sets: &[MigrationSet]) -> String {
    let mut parts = Vec::new();
    for set in sets {
        parts.push(set.name.to_owned());
        for migration in set.migrations {
            let (Sql::Both(sql) | Sql::PerEngine { postgres: sql, .. }) = migration.sql;
            parts.extend([
                migration.version.to_string(),
                migration.name.to_owned(),
                sql.to_owned(),
            ]);
        }
    }
    let digest = hanok_base::secret::sha256(parts.join("\0").as_bytes());
    encoding::hex_encode(&digest).chars().take(16).collect()
}

/// The same URL with another database.
fn with_database(url: &str, database: &str) -> String {
    let (address, query) = url
        .split_once('?')
        .map_or((url, None), |(address, query)| (address, Some(query)));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let authority = rest
        .split_once('/')
        .map_or(rest, |(authority, _)| authority);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{authority}/{database}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_pointed_at_another_database() {
        assert_eq!(
            with_database("postgres://me@host:1/x?a=b", "y"),
            "postgres://me@host:1/y?a=b"
        );
        assert_eq!(
            with_database("postgres://me:pw@host", "y"),
            "postgres://me:pw@host/y"
        );
    }
}
