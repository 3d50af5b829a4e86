//! The tables: whether they are those of this program.

use hanok_accounts::command::Settings;
use hanok_db::{Db, Rights};

use super::begun::has_checkpoints;
use super::finding::Finding;
use super::rights;

pub(super) const CHECK: &str = "migrations";

/// Looks which migrations wait, and whether the role could apply them.
pub(super) async fn look(db: &Db, settings: &Settings, rights: Option<Rights>) -> Finding {
    let waiting = match db.pending_migrations(&settings.migrations).await {
        Ok(waiting) if waiting.is_empty() => {
            return Finding::ok(CHECK, "the tables are up to date");
        }
        Ok(waiting) => waiting,
        Err(error) => {
            let remedy = "run the release that made these tables, or one after it";
            return Finding::failed(CHECK, error, remedy);
        }
    };
    let lacking = rights.and_then(|it| rights::of_migrations(CHECK, &it));
    if let Some(lacking) = lacking {
        return lacking;
    }
    if !is_empty(db, settings).await {
        return Finding::failed(
            CHECK,
            format!("{} waiting: {}", waiting.len(), waiting.join(", ")),
            "run `hanok migrate` (a starting server does the same)",
        );
    }
    if has_checkpoints(settings) {
        return Finding::failed(
            CHECK,
            "the database is empty, and there are checkpoints of an audit trail: it is not the one that they are of",
            "name the right database, mount its disk, or put it back with `hanok restore`",
        );
    }
    Finding::skipped(
        CHECK,
        "the database is empty: `hanok serve` makes its tables",
    )
}

/// Whether no migration was ever applied.
pub(super) async fn is_empty(db: &Db, settings: &Settings) -> bool {
    let applied = db.applied_migrations(&settings.migrations).await;
    applied.is_ok_and(|applied| applied.is_empty())
}
