//! A process's hold on its data directory: servers share it, a restore has it alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = "hanok.lock";

/// A hold on a data directory; it ends when it is dropped, and with the process however that ends.
#[derive(Debug)]
#[must_use = "the hold ends when it is dropped"]
pub struct Hold {
    _file: File,
}

/// Why a directory cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum NotHeld {
    /// Somebody holds it in a way that excludes this one.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// Its lock file cannot be made or locked.
    #[error("{path} cannot be locked: {source}")]
    File {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Hold {
    /// Holds a directory beside others that do the same.
    ///
    /// # Errors
    /// While somebody has it alone, or when its lock file cannot be made.
    pub fn shared(data_dir: &Path) -> Result<Self, NotHeld> {
        Self::take(data_dir, File::try_lock_shared)
    }

    /// Holds a directory alone.
    ///
    /// # Errors
    /// While anybody holds it, or when its lock file cannot be made.
    pub fn alone(data_dir: &Path) -> Result<Self, NotHeld> {
        Self::take(data_dir, File::try_lock)
    }

    fn take(
        data_dir: &Path,
        lock: impl FnOnce(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, NotHeld> {
        let path = data_dir.join(FILE);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let fault = |path, source| NotHeld::File { path, source };
        let file = match options.open(&path) {
            Ok(file) => file,
            Err(source) => return Err(fault(path, source)),
        };
        match lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(NotHeld::InUse(data_dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(fault(path, source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_use<T>(held: &Result<T, NotHeld>) -> bool {
        matches!(held, Err(NotHeld::InUse(_)))
    }

    #[test]
    fn servers_share_a_directory_and_a_restore_has_it_alone() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path();
        let (one, two) = (Hold::shared(place).unwrap(), Hold::shared(place).unwrap());
        assert!(in_use(&Hold::alone(place)));
        drop(one);
        assert!(in_use(&Hold::alone(place)));
        drop(two);
        let alone = Hold::alone(place).unwrap();
        assert!(in_use(&Hold::shared(place)) && in_use(&Hold::alone(place)));
        drop(alone);
        let _again = Hold::shared(place).unwrap();
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let held = Hold::alone(Path::new("/nowhere/at/all"));
        assert!(
            held.unwrap_err()
                .to_string()
                .starts_with("/nowhere/at/all/hanok.lock")
        );
    }
}
