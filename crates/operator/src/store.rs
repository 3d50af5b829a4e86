//! Opening a store that is there and up to date: a command that looks must not make or change one.

use hanok_accounts::command::{Failure, Settings};
use hanok_db::{Db, Engine};

/// Opens the store of these settings.
///
/// # Errors
/// Where there is none, or migrations wait.
pub async fn open_store(settings: &Settings) -> Result<Db, Failure> {
    let db = there(settings).await?;
    let pending = db.pending_migrations(&settings.migrations).await?;
    if pending.is_empty() {
        return Ok(db);
    }
    Err(Failure::failed(format!(
        "the database is of an earlier release ({} migrations wait): run `hanok migrate` first",
        pending.len()
    )))
}

/// Opens the store of these settings, of whichever release it is; makes none.
pub(crate) async fn there(settings: &Settings) -> Result<Db, Failure> {
    let store = &settings.store;
    if store.engine == Engine::Sqlite && !store.sqlite_path.exists() {
        let path = store.sqlite_path.display();
        return Err(Failure::failed(format!(
            "there is no database at {path}: run `hanok migrate` first, or name another place with --data-dir"
        )));
    }
    Ok(Db::open(store).await?)
}
