//! What attachments work with beside the store: the folder, and the threads for pictures.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::{io, num::NonZeroUsize, sync::Arc};

use super::blob::Blobs;
use super::image::pool::Pictures;
use super::image::turns::Turns;

/// The folder of the files and the threads that make pictures anew, which begin with the first picture.
pub(crate) struct Files {
    pub(super) blobs: Blobs,
    pub(super) turns: Turns,
    threads: NonZeroUsize,
    pictures: Mutex<Option<Arc<Pictures>>>,
}

impl Files {
    /// The files in this folder, and so many threads for pictures.
    pub(crate) fn new(folder: PathBuf, threads: usize) -> Self {
        Self {
            blobs: Blobs::new(folder),
            turns: Turns::default(),
            threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
            pictures: Mutex::new(None),
        }
    }

    /// The threads.
    ///
    /// # Errors
    /// What the system says where one cannot begin.
    pub(super) fn pictures(&self) -> io::Result<Arc<Pictures>> {
        let mut kept = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pictures) = kept.as_ref() {
            return Ok(Arc::clone(pictures));
        }
        let begun = Arc::new(Pictures::start(self.threads)?);
        *kept = Some(Arc::clone(&begun));
        Ok(begun)
    }
}
