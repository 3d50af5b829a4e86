//! Directories and files that only their owner may read.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown, lchown};
use std::path::{Path, PathBuf};

/// The file that marks a demo's data directory.
pub const DEMO_MARK: &str = "DEMO";
/// What the group of a file may do with it.
const GROUP: u32 = 0o070;
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

/// Opens a file; one that is made thereby only its owner may read (mode 0600), and it belongs to whom its
/// directory belongs, also where root makes it.
///
/// # Errors
/// What the system says.
pub fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.mode(0o600);
    let was_there = path.exists();
    let file = options.open(path)?;
    if !was_there {
        hand_over(path)?;
    }
    Ok(file)
}

/// Gives what root made to whom its directory belongs. Anybody else can give nothing away: theirs stays theirs.
///
/// # Errors
/// What the system says.
pub fn hand_over(path: &Path) -> io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let (made, above) = (
        fs::symlink_metadata(path)?,
        fs::metadata(above.unwrap_or(Path::new(".")))?,
    );
    if made.uid() == above.uid() {
        return Ok(());
    }
    match lchown(path, Some(above.uid()), Some(above.gid())) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        given => given,
    }
}

/// Makes a directory of an installation as [`make_private`] does; where root makes it, it belongs to whom the
/// one above belongs.
///
/// # Errors
/// When it cannot be made.
pub fn make_private_within(path: &Path) -> Result<(), Unusable> {
    if path.is_dir() {
        return Ok(());
    }
    make_private(path)?;
    hand_over(path).map_err(|source| Unusable {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file that only its owner may read, whole or not at all. One that it replaces keeps owner and mode;
/// a new one belongs to whom its directory belongs (mode 0600).
///
/// # Errors
/// What the system says; also where this user may not leave the file to whom it belongs.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = open_private(&mut options, &beside)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    let kept = match fs::metadata(path) {
        Ok(replaced) => keep(&file, &replaced),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    let written = kept
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It holds what the file would: it must not be left lying about.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Gives a file owner and mode of the one that it replaces.
fn keep(file: &File, replaced: &Metadata) -> io::Result<()> {
    let made = file.metadata()?;
    let (theirs, ours) = ((replaced.uid(), replaced.gid()), (made.uid(), made.gid()));
    // A group that may do nothing with it need not be kept.
    let matters = theirs.0 != ours.0 || (theirs.1 != ours.1 && replaced.mode() & GROUP != 0);
    match fchown(file, Some(theirs.0), Some(theirs.1)) {
        Err(error) if matters => {
            let why = format!(
                "it belongs to user {} and group {}, to whom this user cannot leave it: run the command as that user \
                 ({error})",
                theirs.0, theirs.1
            );
            return Err(io::Error::new(error.kind(), why));
        }
        _ => {}
    }
    file.set_permissions(Permissions::from_mode(replaced.mode() & 0o777))
}

/// Makes an empty file that only its owner may read (mode 0600), or empties the one that is there.
///
/// # Errors
/// What the system says.
pub fn new_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    open_private(&mut options, path)
}

/// Marks a data directory as a demo's, which nothing but a demo then uses.
///
/// # Errors
/// What the system says.
pub fn mark_as_demo(data_dir: &Path) -> io::Result<()> {
    write_private(&data_dir.join(DEMO_MARK), DEMO_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_new_file_is_private_and_a_replaced_one_keeps_its_mode() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("ring");
        write_private(&file, "one").unwrap();
        assert_eq!(mode(&file), 0o600);
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        write_private(&file, "two").unwrap();
        assert_eq!(mode(&file), 0o640);
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
