//! Limits over several processes.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_base::counters::{Limit, MemoryCounters, SharedCounters};
use hanok_redis::testing;

use crate::process;

const fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_795_239_000 + second)
}

#[tokio::test]
async fn processes_count_one_limit_together() {
    let Some(config) = testing::beside() else {
        return;
    };
    let (one, two) = (process(&config).await, process(&config).await);
    let (one, two) = (one.counters(), two.counters());
    let limit = Limit::per_minute(5);
    for second in 0..5 {
        let counters = if second % 2 == 0 { &one } else { &two };
        let seen = counters.hit("kim", limit, at(second)).await;
        assert!(seen.allowed);
        assert_eq!(i64::from(seen.remaining), 4 - second);
    }
    for counters in [&one, &two] {
        let refused = counters.hit("kim", limit, at(30)).await;
        assert_eq!((refused.allowed, refused.remaining), (false, 0));
        assert_eq!(refused.reset, Duration::from_secs(30));
    }
    assert!(two.hit("lee", limit, at(30)).await.allowed);
    assert!(two.hit("kim", limit, at(60)).await.allowed);
    assert!(!one.hit("kim", limit, at(60)).await.allowed);
}

#[tokio::test]
async fn looking_counts_nothing_and_what_one_forgets_all_forget() {
    let Some(config) = testing::beside() else {
        return;
    };
    let (one, two) = (process(&config).await, process(&config).await);
    let (one, two) = (one.counters(), two.counters());
    let limit = Limit::per_minute(1);
    assert!(one.peek("a", limit, at(0)).await.allowed);
    assert!(one.hit("a", limit, at(0)).await.allowed);
    let seen = two.peek("a", limit, at(1)).await;
    assert_eq!((seen.allowed, seen.reset), (false, Duration::from_secs(59)));
    two.forget("a").await;
    assert!(one.peek("a", limit, at(1)).await.allowed);
}

#[tokio::test]
async fn another_prefix_is_another_installation() {
    let Some(config) = testing::beside() else {
        return;
    };
    let Some(other) = testing::beside() else {
        return;
    };
    let (one, other) = (process(&config).await, process(&other).await);
    let limit = Limit::per_minute(1);
    assert!(one.counters().hit("a", limit, at(0)).await.allowed);
    assert!(other.counters().hit("a", limit, at(0)).await.allowed);
}

/// Both count the same way: whatever is asked, the answers are the same.
#[tokio::test]
async fn redis_counts_as_memory_does() {
    let Some(config) = testing::beside() else {
        return;
    };
    let redis = process(&config).await;
    let (shared, own) = (redis.counters(), MemoryCounters::new());
    for limit in [
        Limit::per_minute(3),
        Limit::per_minute(64),
        Limit::per_minute(100),
        Limit::new(0, Duration::from_secs(10)),
        Limit::per_hour(500),
    ] {
        let key = limit.count.to_string();
        let mut micros = at(0).micros();
        for step in 0..400_i64 {
            micros += step * 7_919 % 400_000 * i64::from(limit.count % 7 + 1);
            let now = Timestamp::from_micros(micros);
            let peeked = (
                shared.peek(&key, limit, now).await,
                own.peek(&key, limit, now).await,
            );
            assert_eq!(peeked.0, peeked.1, "{limit:?} at step {step}");
            let hit = (
                shared.hit(&key, limit, now).await,
                own.hit(&key, limit, now).await,
            );
            assert_eq!(hit.0, hit.1, "{limit:?} at step {step}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_get_no_more_than_the_limit() {
    let Some(config) = testing::beside() else {
        return;
    };
    let (one, two) = (process(&config).await, process(&config).await);
    let calls = (0..100).map(|call| {
        let counters = if call % 2 == 0 { &one } else { &two }.counters();
        tokio::spawn(async move {
            let limit = Limit::per_minute(10);
            counters.hit("all", limit, at(0)).await.allowed
        })
    });
    let mut allowed = 0;
    for call in calls.collect::<Vec<_>>() {
        allowed += usize::from(call.await.unwrap());
    }
    assert_eq!(allowed, 10);
}
