//! Whether an installation was begun at all: what has not been made yet is no fault.

use std::fs;
use std::io::ErrorKind;

use hanok_accounts::command::Settings;
use hanok_db::Engine;

/// What makes what is not there yet.
pub(super) const MADE_BY: &str = "nothing is here yet: `hanok serve` makes it";

/// Whether anything is there that only a start leaves behind, as far as it is seen without opening the store.
pub(super) fn is_begun(settings: &Settings) -> bool {
    let data_dir = &settings.server.data_dir;
    let ring = settings.keys.ring_file(data_dir);
    // A ring that lies elsewhere may have been put there for this first start.
    let own_ring = ring.starts_with(data_dir) && ring.exists();
    let database = settings.store.engine == Engine::Sqlite && settings.store.sqlite_path.exists();
    // What this user may not look into is not empty for that.
    let closed = fs::read_dir(data_dir).is_err_and(|error| error.kind() != ErrorKind::NotFound);
    closed || own_ring || database || has_checkpoints(settings)
}

/// Whether there is a file of the audit trail's checkpoints.
pub(super) fn has_checkpoints(settings: &Settings) -> bool {
    let file = settings.audit.checkpoint_path(&settings.server.data_dir);
    file.exists()
}
