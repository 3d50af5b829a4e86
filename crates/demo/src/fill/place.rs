//! Which store is filled: a demo's; another only where somebody insists and nobody is in it yet.

use std::path::{Path, PathBuf};

use hanok_accounts::audit::AuditConfig;
use hanok_accounts::command::{Failure, Host, Opened, Settings};
use hanok_base::directory::make_private;
use hanok_base::keyring::open_ring;
use hanok_base::{Clock, Random};
use hanok_db::{Conn, Db, DbError, Engine, params};

use super::shops;
use crate::command::{DATA_DIR, flags};
use crate::place::{is_demo, mark_demo};

/// Sixty-four rows at once take longer than what is worth a line, as many people at once wait for their connections, and
/// statistics of a million rows take their time; and SQLite gets room for the parts of the indexes that are written
/// everywhere.
const ROOM: [&str; 6] = [
    "store.slow_statement_ms=60000",
    "store.postgres_pool_wait_ms=60000",
    "store.postgres_lock_timeout_ms=60000",
    "store.postgres_statement_timeout_ms=600000",
    "store.sqlite_cache_bytes=536870912",
    "store.sqlite_checkpoint_bytes=268435456",
];

/// Opens the store that is to be filled, with its keys and tables made.
///
/// # Errors
/// Where it must not be filled, or was filled before.
pub(super) async fn open(
    host: &dyn Host,
    into_any_store: bool,
) -> Result<(Opened, AuditConfig), Failure> {
    let given = host.settings(Vec::new())?;
    let mut flags = match given.store.engine {
        Engine::Sqlite => on_sqlite(host, &given, into_any_store)?,
        Engine::Postgres if into_any_store => Vec::new(),
        Engine::Postgres => {
            return Err(Failure::wrong(
                "a demo keeps its data in SQLite: give --into-any-store to fill an empty PostgreSQL database",
            ));
        }
    };
    flags.extend(ROOM.map(str::to_owned));
    let settings = host.settings(flags.clone())?;
    make(&settings).await?;
    let opened = host.open_with(flags).await?;
    let of_demo = is_demo(&opened.data_dir);
    let unit = async move |conn: &mut Conn| refuse(conn, of_demo).await;
    match opened.accounts.db.read::<_, DbError, _>(unit).await? {
        Some(why) => Err(Failure::failed(why)),
        None => Ok((opened, settings.audit)),
    }
}

fn on_sqlite(
    host: &dyn Host,
    given: &Settings,
    into_any_store: bool,
) -> Result<Vec<String>, Failure> {
    let data_dir = host
        .data_dir()
        .map_or_else(|| PathBuf::from(DATA_DIR), Path::to_owned);
    if into_any_store && !is_demo(&data_dir) {
        return Ok(vec![format!("server.data_dir={}", data_dir.display())]);
    }
    mark_demo(&data_dir).map_err(|fault| {
        Failure::failed(format!(
            "{fault}, or give --into-any-store where nobody is yet"
        ))
    })?;
    Ok(flags(given.server.port, &data_dir))
}

/// Makes directory, keys and tables where they are missing, as `hanok migrate` does.
async fn make(settings: &Settings) -> Result<(), Failure> {
    let data_dir = &settings.server.data_dir;
    make_private(data_dir).map_err(Failure::failed)?;
    let (clock, random) = (Clock::system(), Random::system());
    open_ring(&settings.keys, data_dir, &clock, &random).map_err(Failure::failed)?;
    let db = Db::open(&settings.store).await?;
    db.migrate(&settings.migrations).await?;
    db.close().await;
    Ok(())
}

/// Why this store is not filled.
async fn refuse(conn: &mut Conn, of_demo: bool) -> Result<Option<&'static str>, DbError> {
    if shops::are_there(conn).await? {
        return Ok(Some(
            "this store was filled before, wholly or in part: throw it away and fill an empty one",
        ));
    }
    let people: i64 = conn.one("SELECT COUNT(*) FROM account", params![]).await?;
    let taken = people > 0 && !of_demo;
    Ok(taken.then_some("there are people in this store: only an empty one or a demo is filled"))
}
