//! Read connections: taken off a stack, used in place, put back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::conn::{Conn, Session as AnySession};
use crate::error::DbError;
use crate::meter::Meter;

use super::open::Files;

/// The read connections that are idle. A read runs within one poll and never changes its thread, so
/// that there are never more in use than threads.
pub(crate) struct Readers {
    files: Files,
    keep: usize,
    meter: Arc<Meter>,
    idle: Mutex<Idle>,
}

struct Idle {
    conns: Vec<Conn>,
    closed: bool,
}

impl Readers {
    pub(crate) const fn new(files: Files, keep: usize, meter: Arc<Meter>) -> Self {
        Self {
            files,
            keep,
            meter,
            idle: Mutex::new(Idle {
                conns: Vec::new(),
                closed: false,
            }),
        }
    }

    /// A read connection, the one used last if possible: its cache is warm.
    pub(crate) fn take(&self) -> Result<Conn, DbError> {
        let mut idle = self.idle();
        if idle.closed {
            return Err(super::stopped());
        }
        let taken = idle.conns.pop();
        drop(idle);
        taken.map_or_else(|| self.open(), Ok)
    }

    /// Takes a connection back. One in whose use something panicked is dropped instead.
    pub(crate) fn put_back(&self, conn: Conn) {
        let mut idle = self.idle();
        if !idle.closed && idle.conns.len() < self.keep {
            idle.conns.push(conn);
        }
    }

    pub(crate) fn close(&self) {
        let mut idle = self.idle();
        idle.closed = true;
        idle.conns.clear();
    }

    fn open(&self) -> Result<Conn, DbError> {
        let session = self.files.reader()?;
        Ok(Conn::new(
            AnySession::Sqlite(session),
            Arc::clone(&self.meter),
        ))
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
