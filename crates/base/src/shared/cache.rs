//! Bytes that any process of the installation may read again for a while.

use std::future::ready;
use std::time::Duration;

use super::SharedFuture;

/// A cache that every process of the installation reads and writes. What it does not answer in time it does not
/// have: it never fails, and whoever asks goes on without it.
///
/// A value may come back after it was deleted (a writer was slower than the one who deleted), so a value says
/// itself how old it is, and whoever reads it decides whether that is too old.
pub trait SharedCache: Send + Sync {
    /// Whether there is one at all, so that nobody makes a value that nobody keeps.
    fn is_there(&self) -> bool;

    /// What was kept under `key`.
    fn get<'a>(&'a self, key: &'a str) -> SharedFuture<'a, Option<Vec<u8>>>;

    /// Keeps `value` under `key` for `life`; returns at once, and the value is there soon after.
    fn put(&self, key: &str, value: Vec<u8>, life: Duration);

    /// Forgets what was kept under `key`; returns at once, and the value is gone soon after.
    fn forget(&self, key: &str);
}

/// No cache: every look finds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCache;

impl SharedCache for NoCache {
    fn is_there(&self) -> bool {
        false
    }

    fn get<'a>(&'a self, _: &'a str) -> SharedFuture<'a, Option<Vec<u8>>> {
        Box::pin(ready(None))
    }

    fn put(&self, _: &str, _: Vec<u8>, _: Duration) {}

    fn forget(&self, _: &str) {}
}
