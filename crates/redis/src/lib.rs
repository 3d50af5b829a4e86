//! Redis, where the operator has one: limits that several processes count together, a second level under the
//! sessions' cache, and news between processes. Nothing is kept here alone; without Redis, or while it is away,
//! everything is answered all the same, by this process's own counters and from the store.
//!
//! # Invariants
//!
//! - Nobody waits longer than `redis.timeout_ms`, and while Redis is known to be away nobody waits at all.
//! - Whether it is there again is found out by a task of its own, with a write, never by a request.
//! - A limit counted here while Redis was away is told to it afterwards.
//! - What is kept here lives for a bounded time; every key begins with `redis.prefix` and the installation's name
//!   ([`RedisConfig::of_installation`]).
//! - Processes with one prefix are processes of one installation: they share limits and hear each other.
//! - Nothing here knows a key: sessions come sealed, and so do news, from
//!   [`SealedFanout`](hanok_base::shared::SealedFanout), which also drops those that others made.
//!
//! # Metrics
//!
//! [`METRICS`], and those of every fan-out ([`FANOUT_METRICS`](hanok_base::shared::FANOUT_METRICS)).

mod backlog;
mod cache;
mod config;
mod counters;
mod fanout;
mod link;
mod metrics;
mod probe;
#[cfg(feature = "testing")]
pub mod testing;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::counters::SharedCounters;
use hanok_base::shared::{Fanout, SharedCache};
use tokio::task::AbortHandle;
use tokio::time::timeout;

pub use config::RedisConfig;
pub use metrics::METRICS;
pub use probe::{Probe, probe};

use crate::cache::Cache;
use crate::counters::Counters;
use crate::fanout::News;
use crate::link::Link;

/// Why Redis cannot be used at all; that it does not answer is none.
#[derive(Debug, thiserror::Error)]
pub enum RedisFault {
    /// No address is set.
    #[error("redis.url is not set")]
    NoAddress,
    /// The address, or the certificates of this machine.
    #[error("redis.url: {0}")]
    Address(String),
}

/// How long the start waits for the first connection.
const AT_START: Duration = Duration::from_secs(1);

/// A connection to Redis and what is made of it. Cloning shares it. It is to be kept as long as its parts are used:
/// with the last clone nobody looks any more whether Redis is there.
#[derive(Clone)]
pub struct Redis(Arc<Shared>);

struct Shared {
    link: Arc<Link>,
    counters: Arc<Counters>,
    cache: Arc<Cache>,
    news: Arc<News>,
    tasks: Vec<AbortHandle>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}

impl Redis {
    /// Begins to use the Redis of this section, with room for `counters` keys of this process's own while it is
    /// away. Needs a tokio runtime. One that does not answer is looked for in the background.
    ///
    /// # Errors
    /// See [`RedisFault`].
    pub async fn open(config: &RedisConfig, counters: usize) -> Result<Self, RedisFault> {
        let link = Arc::new(Link::new(config)?);
        let counters = Arc::new(Counters::new(&link, counters));
        let cache = Arc::new(Cache::new(&link));
        let (news, mut tasks) = News::start(config, &link)?;
        let (watching, looked) = watch::start(&link, &counters);
        tasks.push(watching);
        if timeout(AT_START, looked).await.is_err() || !link.is_up() {
            tracing::warn!(
                "Redis does not answer: limits are counted in this process alone, sessions are read from the store"
            );
        }
        Ok(Self(Arc::new(Shared {
            link,
            counters,
            cache,
            news: Arc::new(news),
            tasks,
        })))
    }

    /// Counters that every process shares.
    pub fn counters(&self) -> Arc<dyn SharedCounters> {
        Arc::<Counters>::clone(&self.0.counters)
    }

    /// The cache that every process shares.
    pub fn cache(&self) -> Arc<dyn SharedCache> {
        Arc::<Cache>::clone(&self.0.cache)
    }

    /// News between processes.
    pub fn fanout(&self) -> Arc<dyn Fanout> {
        Arc::<News>::clone(&self.0.news)
    }

    /// Whether Redis answers.
    ///
    /// # Errors
    /// What this means, for the operator.
    pub fn check(&self) -> Result<(), String> {
        if self.0.link.is_up() {
            return Ok(());
        }
        Err("Redis does not answer: each process counts its limits alone, and sessions are read from the store".to_owned())
    }
}
