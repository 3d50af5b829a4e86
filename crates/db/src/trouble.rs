//! Whether the disk takes what is written: what the last unit that could not change anything heard.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::db::Db;
use crate::error::DbError;

/// What SQLite says of a file, and `PostgreSQL` of a standby, that takes nothing.
const READ_ONLY: [&str; 2] = ["readonly database", "(25006)"];

/// The fault that keeps units from changing anything, until one changes something again.
#[derive(Default)]
pub(crate) struct Trouble {
    /// Whether there is one: what every commit asks.
    known: AtomicBool,
    last: Mutex<Option<DbError>>,
}

impl Trouble {
    /// A unit failed of this.
    pub(crate) fn failed(&self, error: &DbError) {
        if speaks_of_the_disk(error) {
            self.set(Some(error.clone()));
        }
    }

    /// A unit that changed something is on disk.
    pub(crate) fn over(&self) {
        if self.known.load(Ordering::Relaxed) {
            self.set(None);
        }
    }

    fn set(&self, fault: Option<DbError>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        self.known.store(fault.is_some(), Ordering::Relaxed);
        *last = fault;
    }

    fn last(&self) -> Option<DbError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }
}

/// Whether every other unit would fail in the same way: no room, a fault of the disk, nothing may be written.
fn speaks_of_the_disk(error: &DbError) -> bool {
    match error {
        DbError::Full | DbError::Unavailable(_) => true,
        DbError::Other(why) => READ_ONLY.iter().any(|word| why.contains(word)),
        _ => false,
    }
}

impl Db {
    /// Why the last units could change nothing: a full disk, a broken or a read-only one. `None` once a unit
    /// has changed something. Asks nothing of the store.
    pub fn write_fault(&self) -> Option<DbError> {
        self.meter().trouble.last()
    }
}
