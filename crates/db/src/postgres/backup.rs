//! Backup and restore by PostgreSQL's own programs.

use std::path::{Path, PathBuf};

use hanok_base::directory::new_private;
use tokio_postgres::{Config, NoTls};

use crate::config::StoreConfig;
use crate::error::DbError;

use super::hold::Alone;
use super::programs::Program;
use super::{Postgres, error, settings};

/// Whether anything was made in the database; what extensions brought does not count.
const IN_USE: &str = "SELECT EXISTS (\
    SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))";

impl Postgres {
    pub(crate) async fn backup(&self, to: &Path) -> Result<(), DbError> {
        let (connection, to) = (self.unlimited().clone(), to.to_owned());
        in_background(move || dump(&connection, &to)).await
    }
}

fn dump(connection: &Config, to: &Path) -> Result<(), DbError> {
    let at = |cause| DbError::Other(format!("{}: {cause}", to.display()));
    // pg_dump would let others read it.
    drop(new_private(to).map_err(at)?);
    let mut program = Program::new("pg_dump", connection);
    program
        .arguments(["--format=custom", "--no-owner", "--no-privileges", "--file"])
        .path(to);
    program.run()?;
    let on_disk = std::fs::File::open(to).and_then(|file| file.sync_all());
    on_disk.map_err(at)
}

pub(crate) async fn is_blank(config: &StoreConfig) -> Result<bool, DbError> {
    let connecting = settings::connection(config)?;
    let (client, connection) = connecting
        .connect(NoTls)
        .await
        .map_err(|cause| error::connecting(&cause))?;
    let connection = tokio::spawn(connection);
    let row = client.query_one(IN_USE, &[]).await;
    drop(client);
    // It ends with its client; how, is of no interest any more.
    let _ = connection.await;
    let in_use = row.and_then(|row| row.try_get::<_, bool>(0));
    in_use
        .map(|in_use| !in_use)
        .map_err(|cause| error::plain(&cause))
}

pub(crate) async fn restore(config: &StoreConfig, from: &Path) -> Result<(), DbError> {
    let (connection, from): (_, PathBuf) = (settings::connection(config)?, from.to_owned());
    let alone = Alone::take(&connection).await?;
    let restored = in_background(move || {
        let mut program = Program::new("pg_restore", &connection);
        program
            .arguments(["--no-owner", "--no-privileges"])
            .arguments(["--exit-on-error", "--single-transaction"])
            .database(&connection)
            .path(&from);
        program.run()
    })
    .await;
    alone.release().await;
    restored
}

async fn in_background(
    f: impl FnOnce() -> Result<(), DbError> + Send + 'static,
) -> Result<(), DbError> {
    let ended = tokio::task::spawn_blocking(f).await;
    ended.unwrap_or_else(|failed| Err(DbError::Unavailable(failed.to_string())))
}
