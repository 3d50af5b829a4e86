//! Directories and files that only their owner may read.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The file that marks a demo's data directory.
pub const DEMO_MARK: &str = "DEMO";
const DEMO_TEXT: &str = "This directory holds a demo of Hanok: made-up people with public passwords.\n\
    `hanok serve` refuses it. Delete the directory to begin anew.\n";

/// A directory that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the data directory {path} cannot be used: {source}")]
pub struct Unusable {
    /// The directory.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Makes a directory, and those above it, that only its owner may read (mode 0700).
///
/// # Errors
/// When it cannot be made.
pub fn make_private(path: &Path) -> Result<(), Unusable> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| Unusable {
        path: path.to_owned(),
        source,
    })
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

/// Makes an empty file that only its owner may read (mode 0600), or empties the one that is there.
///
/// # Errors
/// What the system says.
pub fn new_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Marks a data directory as a demo's, which nothing but a demo then uses.
///
/// # Errors
/// What the system says.
pub fn mark_as_demo(data_dir: &Path) -> io::Result<()> {
    fs::write(data_dir.join(DEMO_MARK), DEMO_TEXT)
}
