//! A process's hold on its data directory: servers on one PostgreSQL share it, one on SQLite and a restore
//! have it alone.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::directory::open_private;

const FILE: &str = "hanok.lock";

/// A hold on a data directory; it ends when it is dropped, and with the process however that ends.
#[derive(Debug)]
#[must_use = "the hold ends when it is dropped"]
pub struct Hold {
    file: File,
}

/// Who holds a directory alone, as its lock file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The command that it runs, as `hanok serve`.
    pub command: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} ({})", self.pid, self.command)
    }
}

/// Why a directory cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum NotHeld {
    /// Somebody holds it in a way that excludes this one.
    #[error("{} is in use by {}", path.display(), named(holder.as_ref()))]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Who, where it is one that has it alone.
        holder: Option<Holder>,
    },
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
        let held = Self::take(data_dir, File::try_lock_shared)?;
        // Whoever had it alone before is gone: its name must not be taken for one of these. The hold counts
        // without it.
        let _ = held.file.set_len(0);
        Ok(held)
    }

    /// Holds a directory alone, as this command of this process.
    ///
    /// # Errors
    /// While anybody holds it, or when its lock file cannot be made.
    pub fn alone(data_dir: &Path, command: &str) -> Result<Self, NotHeld> {
        let held = Self::take(data_dir, File::try_lock)?;
        let told = held.file.set_len(0).and_then(|()| {
            let text = format!("{} {command}\n", std::process::id());
            (&held.file).write_all(text.as_bytes())
        });
        // On a full disk the hold counts all the same; only its name is missing.
        if let Err(error) = told {
            tracing::warn!(%error, "the lock file does not say who holds it");
        }
        Ok(held)
    }

    fn take(
        data_dir: &Path,
        lock: impl FnOnce(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, NotHeld> {
        let path = data_dir.join(FILE);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let fault = |path, source| NotHeld::File { path, source };
        let file = match open_private(&mut options, &path) {
            Ok(file) => file,
            Err(source) => return Err(fault(path, source)),
        };
        match lock(&file) {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(NotHeld::InUse {
                path: data_dir.to_owned(),
                holder: holder(file),
            }),
            Err(TryLockError::Error(source)) => Err(fault(path, source)),
        }
    }
}

fn named(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), ToString::to_string)
}

/// What whoever holds it alone wrote into the file.
fn holder(mut file: File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let (pid, command) = text.trim_end().split_once(' ')?;
    Some(Holder {
        pid: pid.parse().ok()?,
        command: command.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_use<T>(held: &Result<T, NotHeld>) -> bool {
        matches!(held, Err(NotHeld::InUse { .. }))
    }

    #[test]
    fn servers_share_a_directory_and_a_restore_has_it_alone() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path();
        let (one, two) = (Hold::shared(place).unwrap(), Hold::shared(place).unwrap());
        assert!(in_use(&Hold::alone(place, "hanok restore")));
        drop(one);
        assert!(in_use(&Hold::alone(place, "hanok restore")));
        drop(two);
        let alone = Hold::alone(place, "hanok restore").unwrap();
        assert!(in_use(&Hold::shared(place)));
        let refused = Hold::alone(place, "hanok serve").unwrap_err().to_string();
        let named = format!("by process {} (hanok restore)", std::process::id());
        assert!(refused.ends_with(&named), "{refused}");
        drop(alone);
        let _again = Hold::shared(place).unwrap();
        let refused = Hold::alone(place, "hanok serve").unwrap_err().to_string();
        assert!(refused.ends_with("by another process"), "{refused}");
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let held = Hold::alone(Path::new("/nowhere/at/all"), "hanok serve");
        assert!(
            held.unwrap_err()
                .to_string()
                .starts_with("/nowhere/at/all/hanok.lock")
        );
    }
}
