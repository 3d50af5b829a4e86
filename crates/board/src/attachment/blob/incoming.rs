//! A file while it is being written.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use hanok_base::directory::open_private;

use super::{Sha256, Temporary};

/// A file that is being written, up to a length; dropped, it is gone.
pub(in super::super) struct Incoming {
    file: File,
    place: Temporary,
    digest: Context,
    size: u64,
    most: u64,
}

/// A file that is whole and on the disk, and has no name yet; dropped, it is gone.
#[derive(Debug)]
pub(in super::super) struct Written {
    place: Temporary,
    /// What it will be called by.
    pub(in super::super) sha256: Sha256,
    /// Bytes.
    pub(in super::super) size: u64,
}

impl Incoming {
    pub(super) fn new(path: PathBuf, most: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let file = open_private(&mut options, &path)?;
        Ok(Self {
            file,
            place: Temporary(Some(path)),
            digest: Context::new(&SHA256),
            size: 0,
            most,
        })
    }

    /// Bytes so far.
    pub(in super::super) const fn size(&self) -> u64 {
        self.size
    }

    /// Brings it to the disk.
    ///
    /// # Errors
    /// What the system says.
    pub(in super::super) fn finish(self) -> io::Result<Written> {
        self.file.sync_all()?;
        let digest = self.digest.finish();
        let sha256 = Sha256::try_from(digest.as_ref()).map_err(io::Error::other)?;
        Ok(Written {
            place: self.place,
            sha256,
            size: self.size,
        })
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.size + bytes.len() as u64 > self.most {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let length = self.file.write(bytes)?;
        self.digest.update(bytes.get(..length).unwrap_or(bytes));
        self.size += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Written {
    /// Where it lies.
    pub(in super::super) fn path(&self) -> &Path {
        self.place.path()
    }

    pub(super) fn move_to(self, to: &Path) -> io::Result<()> {
        self.place.move_to(to)
    }
}
