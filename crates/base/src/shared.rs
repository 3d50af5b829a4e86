//! What the processes of one installation share besides the store. All of it is for speed: the store stays the
//! truth, and whoever is alone shares nothing.
//!
//! News travel sealed ([`SealedFanout`]), whatever carries them. Behind each trait stands Redis, or PostgreSQL, or nothing; the limits' counters are in
//! [`counters`](crate::counters).

mod cache;
mod fanout;
mod sealed;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::counters::{MemoryCounters, SharedCounters};

pub use cache::{NoCache, SharedCache};
pub use fanout::{
    Alone, Exchange, FANOUT_DROPPED, FANOUT_LOST, FANOUT_METRICS, FANOUT_UP, Fanout, Heard, LOST,
    LossMark, News,
};
pub use sealed::SealedFanout;

/// A future that is sent between threads.
pub type SharedFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// All that the processes of one installation share besides the store. Cloning shares it.
#[derive(Clone)]
pub struct Neighbours {
    /// The rate limits' counters.
    pub counters: Arc<dyn SharedCounters>,
    /// The cache.
    pub cache: Arc<dyn SharedCache>,
    /// News.
    pub fanout: Arc<dyn Fanout>,
}

impl Neighbours {
    /// A process alone, with counters for up to about `counters` keys.
    pub fn none(counters: usize) -> Self {
        Self {
            counters: Arc::new(MemoryCounters::with_capacity(counters)),
            cache: Arc::new(NoCache),
            fanout: Arc::new(Alone),
        }
    }
}
