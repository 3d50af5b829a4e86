//! How much room is left where data, keys and logs lie.

use std::path::Path;

use hanok_accounts::command::Settings;
use hanok_base::disk::{Space, space};
use hanok_db::Engine;

use super::finding::Finding;

const CHECK: &str = "space";

const MB: u64 = 1_000_000;
const GB: u64 = 1_000 * MB;

/// Below this nothing is left for a checkpoint of the database, or a day of logs.
const LEAST: u64 = 100 * MB;
/// Below this somebody should look after it.
const SCARCE: u64 = GB;
/// And where less than one part in so many is free.
const SCARCE_PART: u64 = 10;

/// Looks at the file systems of data directory and database.
pub(super) fn look(settings: &Settings) -> Finding {
    let data_dir = &settings.server.data_dir;
    let database = settings.store.sqlite_path.parent();
    let database = database.filter(|_| settings.store.engine == Engine::Sqlite);
    let mut tightest: Option<(&Path, Space)> = None;
    for place in [Some(data_dir.as_path()), database].into_iter().flatten() {
        match space(existing(place)) {
            Ok(room) if tightest.is_none_or(|(_, known)| room.free < known.free) => {
                tightest = Some((place, room));
            }
            Ok(_) => {}
            Err(error) => {
                let found = format!("{}: {error}", place.display());
                return Finding::failed(CHECK, found, "make the directory readable");
            }
        }
    }
    tightest.map_or_else(
        || Finding::skipped(CHECK, "there is no directory to look at"),
        |(place, room)| judge(place, room, settings.store.engine),
    )
}

/// The path, or the nearest directory above it that is there.
pub(super) fn existing(path: &Path) -> &Path {
    let mut above = path.ancestors().filter(|path| path.exists());
    above.next().unwrap_or(Path::new("."))
}

fn judge(place: &Path, room: Space, engine: Engine) -> Finding {
    let mut found = format!(
        "{} of {} free for {}",
        words(room.free),
        words(room.total),
        place.display()
    );
    if engine == Engine::Postgres {
        found.push_str(" (PostgreSQL's own disk is not seen from here)");
    }
    let remedy = "make room, or move server.data_dir to a larger disk; hanok writes nothing where the disk is full";
    if room.free < LEAST {
        Finding::failed(CHECK, found, remedy)
    } else if room.free < SCARCE.max(room.total / SCARCE_PART) {
        Finding::warning(CHECK, found, remedy)
    } else {
        Finding::ok(CHECK, found)
    }
}

fn words(bytes: u64) -> String {
    if bytes < GB {
        format!("{} MB", bytes / MB)
    } else {
        format!("{}.{} GB", bytes / GB, bytes % GB / (GB / 10))
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn a_disk_that_fills_is_warned_about_before_it_is_full() {
        let of = |free: u64, total: u64| {
            let room = Space {
                free: free * MB,
                total: total * MB,
            };
            judge(Path::new("data"), room, Engine::Sqlite)
        };
        let with = |free| of(free, 96_700);
        assert_eq!(with(48_230).state, State::Ok);
        assert_eq!(with(48_230).found, "48.2 GB of 96.7 GB free for data");
        assert_eq!(with(9_670).state, State::Ok);
        assert_eq!(with(9_669).state, State::Warning);
        assert_eq!(of(999, 5_000).state, State::Warning);
        assert_eq!(of(1_000, 5_000).state, State::Ok);
        assert_eq!(with(100).state, State::Warning);
        assert_eq!(with(99).state, State::Failed);
        assert_eq!(with(99).found, "99 MB of 96.7 GB free for data");
        assert!(with(99).remedy.unwrap().contains("server.data_dir"));
        let room = Space {
            free: SCARCE,
            total: SCARCE,
        };
        let beside = judge(Path::new("data"), room, Engine::Postgres);
        assert!(beside.found.contains("PostgreSQL's own disk"));
    }

    #[test]
    fn a_directory_that_is_not_there_yet_is_where_its_parent_is() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("data/demo");
        assert_eq!(existing(&below), directory.path());
        assert_eq!(existing(Path::new("nowhere/at/all")), Path::new("."));
    }
}
