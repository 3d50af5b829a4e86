//! What can go wrong with the trail, other than that it is broken.

use std::io;
use std::path::{Path, PathBuf};

use hanok_db::DbError;

/// Why the trail could not be sealed, dropped or verified.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store refused.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A version of the audit key is missing.
    #[error("audit key version {0} is not on the key ring")]
    UnknownKey(i64),
    /// The checkpoint file cannot be read or written.
    #[error("checkpoint file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A dropped period that this installation did not sign: nothing is dropped until it is looked into.
    #[error("the dropped audit period {0} does not carry this installation's signature")]
    ForgedPeriod(String),
}

impl AuditError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
