//! The demo's data directory: marked, so that nothing else takes it for its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hanok_base::directory::{DEMO_MARK, Unusable, make_private, mark_as_demo};

/// Whether a data directory is a demo's.
pub fn is_demo(data_dir: &Path) -> bool {
    data_dir.join(DEMO_MARK).exists()
}

/// Why a directory cannot become a demo's.
#[derive(Debug, thiserror::Error)]
pub enum NotADemo {
    /// There is something in it that no demo made.
    #[error(
        "{0} holds something already and is not a demo's: choose an empty directory with --data-dir"
    )]
    Taken(PathBuf),
    /// The directory cannot be used.
    #[error("{0}")]
    Directory(#[from] Unusable),
}

/// Makes a directory a demo's, if it is one already or empty.
///
/// # Errors
/// See [`NotADemo`].
pub fn mark_demo(data_dir: &Path) -> Result<(), NotADemo> {
    make_private(data_dir)?;
    let fault = |source: io::Error| Unusable {
        path: data_dir.to_owned(),
        source,
    };
    if !is_demo(data_dir) {
        if fs::read_dir(data_dir).map_err(fault)?.next().is_some() {
            return Err(NotADemo::Taken(data_dir.to_owned()));
        }
        mark_as_demo(data_dir).map_err(fault)?;
    }
    Ok(())
}
