//! Redis itself: what processes share over it, and what becomes of that while it is away.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests stop at the first surprise"
)]

mod away;
mod cache;
mod counters;
mod news;
mod probe;
mod sealed;

use std::time::Duration;

use hanok_redis::{Redis, RedisConfig};
use tokio::time::{sleep, timeout};

/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A process on this Redis, which is there.
async fn process(config: &RedisConfig) -> Redis {
    let redis = Redis::open(config, 1_000).await.unwrap();
    until("Redis is there", || redis.check().is_ok()).await;
    redis
}

/// Waits until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect(what);
}
