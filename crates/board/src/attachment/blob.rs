//! The files themselves: `<folder>/<sha256>`, each once however often it is attached.
//!
//! Invariants: a file under its own name is whole and on the disk; what is being written lies in `incoming` and is
//! nobody's; a row that names a file is written while the file is there, and a file goes while its row is doomed and held.

mod incoming;
mod old;

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use hanok_base::directory::make_private_within;
use hanok_base::encoding::hex_encode;

pub(super) use incoming::{Incoming, Written};

/// What a file is called by: the SHA-256 of its bytes.
pub(super) type Sha256 = [u8; 32];

/// Where files are written before they have a name.
const INCOMING: &str = "incoming";

/// The folder of the files. It is made when the first one comes.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
    /// Tells the files that this process writes at once from each other.
    next: AtomicU64,
}

impl Blobs {
    /// The files in this folder; several processes may share it.
    pub(crate) const fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            next: AtomicU64::new(0),
        }
    }

    /// A new file without a name, `salt` telling this process from others, of at most so many bytes.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn incoming(&self, salt: &str, most: u64) -> io::Result<Incoming> {
        let folder = self.folder.join(INCOMING);
        make_private_within(&self.folder).map_err(|error| error.source)?;
        make_private_within(&folder).map_err(|error| error.source)?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Incoming::new(folder.join(format!("{salt}-{number}")), most)
    }

    /// Gives a written file its name, under which it stays when the machine stops. One that has it already holds the
    /// same bytes.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn keep(&self, written: Written) -> io::Result<()> {
        let to = self.path(&written.sha256);
        written.move_to(&to)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Whether there is a file of this name.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn is_kept(&self, sha256: &Sha256) -> io::Result<bool> {
        self.path(sha256).try_exists()
    }

    /// A file, for reading.
    ///
    /// # Errors
    /// What the system says; `NotFound` where it is gone.
    pub(super) fn open(&self, sha256: &Sha256) -> io::Result<File> {
        File::open(self.path(sha256))
    }

    /// Takes a file away; one that is gone already is no error.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn remove(&self, sha256: &Sha256) -> io::Result<()> {
        gone_or(fs::remove_file(self.path(sha256)))
    }

    fn path(&self, sha256: &Sha256) -> PathBuf {
        self.folder.join(hex_encode(sha256))
    }
}

fn gone_or(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A path that is removed when nobody needs it any more.
#[derive(Debug)]
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    fn move_to(mut self, to: &Path) -> io::Result<()> {
        fs::rename(self.path(), to)?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // What is left is swept a day later.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn written(blobs: &Blobs, bytes: &[u8]) -> Written {
        let mut incoming = blobs.incoming("test", 3).unwrap();
        incoming.write_all(bytes).unwrap();
        incoming.finish().unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_kept_file_has_the_name_of_its_bytes_and_is_private() {
        let place = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(place.path().join("blobs"));
        let one = written(&blobs, b"abc");
        assert_eq!((one.size, one.sha256[..2].to_vec()), (3, vec![0xba, 0x78]));
        let sha256 = one.sha256;
        blobs.keep(one).unwrap();
        let again = written(&blobs, b"abc");
        blobs.keep(again).unwrap();
        let mut read = String::new();
        blobs
            .open(&sha256)
            .unwrap()
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, "abc");
        let folder = place.path().join("blobs");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&blobs.path(&sha256))), (0o700, 0o600));
        assert_eq!(names(&folder.join(INCOMING)), [""; 0]);
        blobs.remove(&sha256).unwrap();
        blobs.remove(&sha256).unwrap();
        assert_eq!(blobs.open(&sha256).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn what_is_not_kept_leaves_nothing_behind() {
        let place = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(place.path().to_owned());
        drop(written(&blobs, b"abc"));
        let mut longer = blobs.incoming("test", 3).unwrap();
        longer.write_all(b"abc").unwrap();
        let fault = longer.write_all(b"d").unwrap_err();
        assert_eq!((fault.kind(), longer.size()), (ErrorKind::FileTooLarge, 3));
        drop(longer);
        assert_eq!(names(&place.path().join(INCOMING)), [""; 0]);
        assert_eq!(names(place.path()), [INCOMING]);
    }
}
