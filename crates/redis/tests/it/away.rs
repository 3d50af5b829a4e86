//! Redis is killed, or stops in the middle, and comes back.

use std::time::{Duration, Instant};

use hanok_base::Timestamp;
use hanok_base::counters::{Limit, SharedCounters};
use hanok_redis::testing::{self, Server};
use hanok_redis::{Redis, RedisConfig};

use crate::news::{GAP, Process};
use crate::{process, until};

const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

async fn used(counters: &dyn SharedCounters, key: &str, limit: Limit) -> u32 {
    limit.count - counters.peek(key, limit, NOW).await.remaining
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_go_on_while_redis_is_away_and_are_told_to_it_afterwards() {
    let Some(mut server) = Server::start().unwrap() else {
        return;
    };
    let config = testing::section(&server.url());
    let (one, two) = (process(&config).await, process(&config).await);
    let (a, b) = (one.counters(), two.counters());
    let limit = Limit::per_minute(5);
    assert!(a.hit("kim", limit, NOW).await.allowed);
    assert!(b.hit("kim", limit, NOW).await.allowed);

    server.kill().unwrap();
    for left in [3, 2] {
        let decision = a.hit("kim", limit, NOW).await;
        assert_eq!((decision.allowed, decision.remaining), (true, left));
    }
    assert!(b.hit("kim", limit, NOW).await.allowed);
    until("it is seen to be away", || {
        one.check().is_err() && two.check().is_err()
    })
    .await;

    // What it held was lost with it; the three hits that it was not there for are told to it.
    server.start_again().unwrap();
    until("it is there again", || {
        one.check().is_ok() && two.check().is_ok()
    })
    .await;
    for counters in [&a, &b] {
        while used(&**counters, "kim", limit).await < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(used(&**counters, "kim", limit).await, 3);
    }
    assert!(a.hit("kim", limit, NOW).await.allowed);
    assert!(b.hit("kim", limit, NOW).await.allowed);
    assert!(!a.hit("kim", limit, NOW).await.allowed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_stops_in_the_middle_delays_few_and_by_no_more_than_its_time() {
    let Some(server) = Server::start().unwrap() else {
        return;
    };
    let config = RedisConfig {
        timeout_ms: 100,
        ..testing::section(&server.url())
    };
    let redis = process(&config).await;
    let counters = redis.counters();
    let limit = Limit::per_minute(100_000);
    server.freeze().unwrap();
    let (mut asked, mut spent) = (0, Duration::ZERO);
    while redis.check().is_ok() {
        let started = Instant::now();
        assert!(counters.hit("kim", limit, NOW).await.allowed);
        spent += started.elapsed();
        asked += 1;
    }
    assert!(asked <= 3, "{asked} asked before the breaker opened");
    assert!(spent < Duration::from_secs(20), "{spent:?}");
    // Nobody asks any more: ten thousand are answered, of whom each would have waited 100 ms.
    for _ in 0..10_000 {
        assert!(counters.hit("lee", limit, NOW).await.allowed);
    }
    server.thaw().unwrap();
    until("it is there again", || redis.check().is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_go_on_after_it_and_everybody_is_told_of_the_gap() {
    let Some(mut server) = Server::start().unwrap() else {
        return;
    };
    let config = testing::section(&server.url());
    let (mut one, mut two) = (Process::on(&config).await, Process::on(&config).await);
    two.meet(&one).await;
    one.meet(&two).await;
    server.kill().unwrap();
    until("it is seen to be away", || one.redis.check().is_err()).await;
    one.fanout.publish("news", "into the void".to_owned());
    server.start_again().unwrap();
    assert_eq!(two.hears().await, GAP);
    assert_eq!(one.hears().await, GAP);
    until("it is there again", || one.redis.check().is_ok()).await;
    two.meet(&one).await;
    one.meet(&two).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_of_gaps_while_it_is_away_and_when_it_comes_at_last() {
    let Some(mut server) = Server::start().unwrap() else {
        return;
    };
    let config = testing::section(&server.url());
    let (mut one, mut two) = (Process::on(&config).await, Process::on(&config).await);
    two.meet(&one).await;
    one.meet(&two).await;
    server.kill().unwrap();
    assert_eq!(two.hears().await, GAP);
    assert_eq!(one.hears().await, GAP);
    let mut three = Process::beginning(&config).await;
    assert_eq!(three.hears().await, GAP);
    assert_eq!(two.hears().await, GAP, "again");
    server.start_again().unwrap();
    assert_eq!(
        three.hears().await,
        GAP,
        "before it heard for the first time"
    );
    three.meet(&one).await;
    one.meet(&three).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_comes_after_the_start_is_found() {
    let Some(mut server) = Server::start().unwrap() else {
        return;
    };
    server.kill().unwrap();
    let config = testing::section(&server.url());
    let redis = Redis::open(&config, 1_000).await.unwrap();
    assert!(redis.check().unwrap_err().contains("does not answer"));
    let limit = Limit::per_minute(2);
    assert!(redis.counters().hit("kim", limit, NOW).await.allowed);
    assert!(!redis.cache().is_there());
    assert_eq!(redis.cache().get("a").await, None);
    server.start_again().unwrap();
    until("it is found", || redis.check().is_ok()).await;
    assert!(redis.cache().is_there());
}
