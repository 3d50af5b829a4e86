//! The data directory: private to its owner, and marked where it is a demo's.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::program::BuildError;

/// The file that marks a demo's data directory.
const DEMO_MARK: &str = "DEMO";
const DEMO_TEXT: &str = "This directory holds a demo of Hanok: made-up people with public passwords.\n\
    `hanok serve` refuses it. Delete the directory to begin anew.\n";

/// Makes a directory, and those above it, that only its owner may read (mode 0700).
///
/// # Errors
/// When it cannot be made.
pub fn make_private(path: &Path) -> Result<(), BuildError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|source| BuildError::Directory {
            path: path.to_owned(),
            source,
        })
}

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
    Directory(#[from] BuildError),
}

/// Makes a directory a demo's, if it is one already or empty.
///
/// # Errors
/// See [`NotADemo`].
pub fn mark_demo(data_dir: &Path) -> Result<(), NotADemo> {
    make_private(data_dir)?;
    let fault = |source: io::Error| BuildError::Directory {
        path: data_dir.to_owned(),
        source,
    };
    if !is_demo(data_dir) {
        if fs::read_dir(data_dir).map_err(fault)?.next().is_some() {
            return Err(NotADemo::Taken(data_dir.to_owned()));
        }
        fs::write(data_dir.join(DEMO_MARK), DEMO_TEXT).map_err(fault)?;
    }
    Ok(())
}

/// Writes a file that only its owner may read (mode 0600), whole or not at all.
///
/// # Errors
/// What the system says.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
