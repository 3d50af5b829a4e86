//! A directory that is filled: kept when it is whole, emptied again when it is not.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use hanok_accounts::command::Failure;
use hanok_base::directory::make_private;

/// A directory that was empty or not there.
pub(super) struct Place {
    path: PathBuf,
    made: bool,
    kept: bool,
}

impl Place {
    /// Makes the directory where it is not there.
    pub(super) fn make(path: &Path) -> Result<Self, Failure> {
        let made = !path.exists();
        let unusable = |source: io::Error| {
            Failure::failed(format!("{} cannot be written: {source}", path.display()))
        };
        make_private(path).map_err(|error| unusable(error.source))?;
        if fs::read_dir(path).map_err(unusable)?.next().is_some() {
            return Err(Failure::failed(format!(
                "{} holds something already: name a directory that is empty or not there yet",
                path.display()
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            made,
            kept: false,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// All of it is there: makes sure that it is on disk.
    pub(super) fn keep(mut self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // It was empty, so what is in it came from here. A rest that stays has no manifest.
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
        }
        if self.made {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_leaves_no_trace() {
        let directory = tempfile::tempdir().unwrap();
        let (new, empty) = (directory.path().join("new"), directory.path().join("empty"));
        fs::create_dir(&empty).unwrap();
        for path in [&new, &empty] {
            let place = Place::make(path).ok().unwrap();
            fs::write(place.path().join("half"), "a").unwrap();
        }
        assert!(!new.exists());
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);
        let place = Place::make(&new).ok().unwrap();
        fs::write(place.path().join("whole"), "a").unwrap();
        place.keep().unwrap();
        assert!(new.join("whole").exists());
        assert!(Place::make(&new).is_err());
        assert!(new.join("whole").exists());
    }
}
