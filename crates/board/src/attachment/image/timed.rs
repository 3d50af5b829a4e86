//! Reading and writing until a moment: the codecs have no end of their own.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::Instant;

/// What is read or written fails after a moment.
pub(super) struct Timed<T> {
    inner: T,
    until: Instant,
    /// Why it could not be written, the first time.
    unwritten: Option<ErrorKind>,
}

impl<T> Timed<T> {
    pub(super) const fn new(inner: T, until: Instant) -> Self {
        Self {
            inner,
            until,
            unwritten: None,
        }
    }

    /// Why it could not be written: some codecs pass on no more than that.
    pub(super) const fn unwritten(&self) -> Option<ErrorKind> {
        self.unwritten
    }

    pub(super) fn into_inner(self) -> T {
        self.inner
    }
}

/// Fails after the moment.
pub(super) fn check(until: Instant) -> io::Result<()> {
    if Instant::now() < until {
        Ok(())
    } else {
        Err(ErrorKind::TimedOut.into())
    }
}

impl<T: Read> Read for Timed<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        check(self.until)?;
        self.inner.read(buffer)
    }
}

impl<T: Seek> Seek for Timed<T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl<T: Write> Write for Timed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = check(self.until).and_then(|()| self.inner.write(bytes));
        if let Err(error) = &written {
            self.unwritten.get_or_insert(error.kind());
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
