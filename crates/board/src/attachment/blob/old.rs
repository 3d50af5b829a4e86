//! Files that nobody has touched for long, for the sweep.

use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, SystemTime};

use hanok_base::Timestamp;
use hanok_base::encoding::hex_decode;

use super::{Blobs, INCOMING, Sha256, gone_or};

impl Blobs {
    /// Takes away what was being written when its process was killed: all in `incoming` that is older than `before`.
    ///
    /// # Errors
    /// What the system says.
    pub(in super::super) fn remove_left_incoming(&self, before: Timestamp) -> io::Result<()> {
        for entry in older_in(&self.folder.join(INCOMING), before, |_| true)? {
            gone_or(fs::remove_file(entry.path()))?;
        }
        Ok(())
    }

    /// The files that were kept before `before` and whose names begin with one of these bytes, whether or not a row
    /// names them.
    ///
    /// # Errors
    /// What the system says.
    pub(in super::super) fn kept_before(
        &self,
        before: Timestamp,
        prefixes: &[u8],
    ) -> io::Result<Vec<Sha256>> {
        let is_among = |sha256: Sha256| sha256.first().is_some_and(|it| prefixes.contains(it));
        let old = older_in(&self.folder, before, |entry| {
            named(entry).is_some_and(is_among)
        })?;
        Ok(old.iter().filter_map(named).collect())
    }
}

fn named(entry: &DirEntry) -> Option<Sha256> {
    hex_decode(entry.file_name().to_str()?)?.try_into().ok()
}

/// What is asked of what lies in a folder, where it was last written before a moment; nothing where there is no such folder.
fn older_in(
    folder: &Path,
    before: Timestamp,
    is_asked: impl Fn(&DirEntry) -> bool,
) -> io::Result<Vec<DirEntry>> {
    let before = SystemTime::UNIX_EPOCH
        + Duration::from_micros(u64::try_from(before.micros()).unwrap_or_default());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut old = Vec::new();
    for entry in entries {
        let entry = entry?;
        if !is_asked(&entry) {
            continue;
        }
        let about = match entry.metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            other => other?,
        };
        if about.is_file() && about.modified()? < before {
            old.push(entry);
        }
    }
    Ok(old)
}
