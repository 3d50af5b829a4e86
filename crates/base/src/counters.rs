//! Shared counters: the one seam through which rate limits count, in memory or, over many processes, in Redis.

mod memory;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::clock::Timestamp;

pub use memory::MemoryCounters;

/// A future that is sent between threads.
pub type CounterFuture<'a> = Pin<Box<dyn Future<Output = Decision> + Send + 'a>>;

/// At most `count` hits in any `window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many hits a window holds.
    pub count: u32,
    /// The window's length.
    pub window: Duration,
}

impl Limit {
    /// `count` hits in any `window`.
    pub const fn new(count: u32, window: Duration) -> Self {
        Self { count, window }
    }

    /// `count` hits in any 60 seconds.
    pub const fn per_minute(count: u32) -> Self {
        Self::new(count, Duration::from_mins(1))
    }

    /// `count` hits in any hour.
    pub const fn per_hour(count: u32) -> Self {
        Self::new(count, Duration::from_hours(1))
    }
}

/// What a counter says about one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether one more was, or would be, within the limit.
    pub allowed: bool,
    /// How many more are within the limit now.
    pub remaining: u32,
    /// Refused: how long until the next is within the limit. Allowed: until the oldest one is forgotten.
    pub reset: Duration,
}

/// Counts hits per key within a sliding window.
///
/// A refused hit is not counted, so a caller who waits as told is let in.
pub trait SharedCounters: Send + Sync {
    /// Counts one hit on `key` at `now`, if it is within `limit`.
    fn hit<'a>(&'a self, key: &'a str, limit: Limit, now: Timestamp) -> CounterFuture<'a>;

    /// What [`hit`](Self::hit) would say, counting nothing.
    fn peek<'a>(&'a self, key: &'a str, limit: Limit, now: Timestamp) -> CounterFuture<'a>;

    /// Forgets every hit on `key`.
    fn forget<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}
