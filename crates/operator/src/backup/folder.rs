//! Folders of files that are called by their SHA-256, as attached files are: they are copied after the store, because a
//! file is there before the row that names it, and each is checked against its name on the way.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use hanok_accounts::command::KeptFolder;
use hanok_base::directory::{make_private_within, new_private};
use hanok_base::encoding::{hex_decode, hex_encode};
use hanok_base::secret::{sha256, sha256_of};
use serde::{Deserialize, Serialize};

use super::copies::NotCopied;

/// A folder as a manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderSum {
    /// What it is called in the backup.
    pub(crate) name: String,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Of the names of its files in their order, each followed by a line feed; the names are the sums of the files.
    pub(crate) sha256: String,
}

/// A folder that was copied.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) sum: FolderSum,
    /// Files that are not what their names say; they are left out.
    pub(crate) damaged: Vec<String>,
}

/// Copies a folder into `to`, the directory of a backup.
pub(super) fn save(kept: &KeptFolder, to: &Path) -> Result<Copied, NotCopied> {
    copy(&kept.path, &to.join(kept.name), kept.name)
}

/// Copies every file of a folder that is there and whole; those that `to` has already stay. Without a file nothing is
/// made.
pub(crate) fn copy(from: &Path, to: &Path, name: &str) -> Result<Copied, NotCopied> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| NotCopied::new(path, source)
    };
    let (mut whole, mut bytes, mut damaged) = (Vec::new(), 0, Vec::new());
    let files = names(from).map_err(at(from))?;
    if files.is_empty() {
        let sum = sum(name, &whole, bytes);
        return Ok(Copied { sum, damaged });
    }
    make_private_within(to).map_err(|error| NotCopied::new(to.to_owned(), error.source))?;
    for file in files {
        let path = from.join(&file);
        match copy_one(&path, &to.join(&file), &file).map_err(at(&path))? {
            Fate::Copied(length) => {
                bytes += length;
                whole.push(file);
            }
            Fate::Damaged => damaged.push(file),
            Fate::Gone => {}
        }
    }
    File::open(to)
        .and_then(|to| to.sync_all())
        .map_err(at(to))?;
    let sum = sum(name, &whole, bytes);
    Ok(Copied { sum, damaged })
}

/// What is in a folder of a backup; `None` where a file is not what its name says.
pub(crate) fn look(folder: &Path, name: &str) -> Result<Option<FolderSum>, NotCopied> {
    let found = names(folder).map_err(|source| NotCopied::new(folder.to_owned(), source))?;
    let mut bytes = 0;
    for file in &found {
        let path = folder.join(file);
        let read = File::open(&path).and_then(|mut open| {
            bytes += open.metadata()?.len();
            sha256_of(&mut open)
        });
        let digest = read.map_err(|source| NotCopied::new(path, source))?;
        if hex_encode(&digest) != *file {
            return Ok(None);
        }
    }
    Ok(Some(sum(name, &found, bytes)))
}

/// What became of a file.
enum Fate {
    Copied(u64),
    Damaged,
    /// It was swept since the folder was read.
    Gone,
}

fn copy_one(from: &Path, to: &Path, name: &str) -> io::Result<Fate> {
    let mut source = match File::open(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Fate::Gone),
        opened => opened?,
    };
    let length = source.metadata()?.len();
    if hex_encode(&sha256_of(&mut source)?) != name {
        return Ok(Fate::Damaged);
    }
    if is_there(to, name)? {
        return Ok(Fate::Copied(length));
    }
    io::Seek::rewind(&mut source)?;
    let mut target = new_private(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()?;
    Ok(Fate::Copied(length))
}

/// Whether a file is there and whole; what is there and not whole goes.
fn is_there(path: &Path, name: &str) -> io::Result<bool> {
    let digest = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        opened => sha256_of(&mut opened?)?,
    };
    if hex_encode(&digest) == name {
        return Ok(true);
    }
    fs::remove_file(path)?;
    Ok(false)
}

/// The names of the files, in order; a folder that was never made has none. What is not called by a SHA-256 is on its
/// way in and nobody's yet.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if hex_decode(&name).is_some_and(|digest| digest.len() == 32) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn sum(name: &str, files: &[String], bytes: u64) -> FolderSum {
    let lines: String = files.iter().flat_map(|name| [name, "\n"]).collect();
    FolderSum {
        name: name.to_owned(),
        files: u64::try_from(files.len()).unwrap_or(u64::MAX),
        bytes,
        sha256: hex_encode(&sha256(lines.as_bytes())),
    }
}

/// Where a folder lies in a backup; its name is one, never a way to somewhere else.
pub(crate) fn within(backup: &Path, name: &str) -> PathBuf {
    backup.join(Path::new(name).file_name().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }

    fn named(text: &str) -> String {
        hex_encode(&sha256(text.as_bytes()))
    }

    #[test]
    fn what_is_whole_is_copied_and_found_again() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("blobs"), place.path().join("copy"));
        write(&from, &named("one"), "one");
        write(&from, &named("three"), "three");
        write(&from, &named("two"), "something else");
        write(&from.join("incoming"), "salt-1", "half");
        let copied = copy(&from, &to, "blobs").ok().unwrap();
        assert_eq!(copied.damaged, [named("two")]);
        assert_eq!((copied.sum.files, copied.sum.bytes), (2, 8));
        assert_eq!(
            fs::read_to_string(to.join(named("three"))).unwrap(),
            "three"
        );
        assert_eq!(fs::read_dir(&to).unwrap().count(), 2);
        assert_eq!(look(&to, "blobs").ok().unwrap(), Some(copied.sum));
    }

    #[test]
    fn a_file_that_is_there_stays_and_half_a_one_is_written_anew() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("blobs"), place.path().join("copy"));
        for text in ["one", "two"] {
            write(&from, &named(text), text);
        }
        write(&to, &named("one"), "one");
        write(&to, &named("two"), "t");
        let copied = copy(&from, &to, "blobs").ok().unwrap();
        assert_eq!(copied.sum.files, 2);
        assert_eq!(look(&to, "blobs").ok().unwrap(), Some(copied.sum));
    }

    #[test]
    fn a_folder_that_was_never_made_is_empty_and_a_changed_file_shows() {
        let place = tempfile::tempdir().unwrap();
        let none = look(&place.path().join("none"), "blobs").ok().unwrap();
        assert_eq!(none.map(|sum| sum.files), Some(0));
        write(place.path(), &named("one"), "two");
        assert_eq!(look(place.path(), "blobs").ok().unwrap(), None);
    }
}
