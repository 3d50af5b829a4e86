//! News between processes over Redis.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::shared::{Fanout, News};
use hanok_redis::{Redis, RedisConfig, testing};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::{PATIENCE, process};

pub const GAP: &str = "a gap";

/// A process that listens.
pub struct Process {
    pub redis: Redis,
    pub fanout: Arc<dyn Fanout>,
    heard: UnboundedReceiver<String>,
}

impl Process {
    /// One on a Redis that is there.
    pub async fn on(config: &RedisConfig) -> Self {
        Self::of(process(config).await)
    }

    /// One on a Redis that may be away.
    pub async fn beginning(config: &RedisConfig) -> Self {
        Self::of(Redis::open(config, 1_000).await.unwrap())
    }

    fn of(redis: Redis) -> Self {
        let fanout = redis.fanout();
        let (said, heard) = unbounded_channel();
        fanout.subscribe(
            "news",
            Arc::new(move |news| {
                let told = match news {
                    News::Text(text) => text,
                    News::Gap => GAP,
                };
                // The test may be over.
                let _ = said.send(told.to_owned());
            }),
        );
        Self {
            redis,
            fanout,
            heard,
        }
    }

    pub async fn hears(&mut self) -> String {
        let heard = timeout(PATIENCE, self.heard.recv()).await;
        heard.expect("in time").expect("a living fan-out")
    }

    /// Waits until what `other` says arrives here: both are connected then.
    pub async fn meet(&mut self, other: &Self) {
        let met = async {
            loop {
                other.fanout.publish("news", "hello".to_owned());
                let answer = timeout(Duration::from_millis(50), self.heard.recv()).await;
                if matches!(answer, Ok(Some(heard)) if heard == "hello") {
                    return;
                }
            }
        };
        timeout(PATIENCE, met).await.expect("they meet");
        other.fanout.publish("news", "mark".to_owned());
        while self.hears().await != "mark" {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_process_hears_everything_in_order_and_nobody_hears_himself() {
    let Some(config) = testing::beside() else {
        return;
    };
    let (mut one, mut two) = (Process::on(&config).await, Process::on(&config).await);
    two.meet(&one).await;
    one.meet(&two).await;
    let long = "가나다".repeat(5_000);
    for count in 0..500 {
        one.fanout.publish("news", count.to_string());
    }
    one.fanout.publish("news", long.clone());
    one.fanout
        .publish("other", "not for this channel".to_owned());
    one.fanout.publish("news", "last".to_owned());
    for count in 0..500 {
        assert_eq!(two.hears().await, count.to_string());
    }
    assert!(two.hears().await == long, "30,000 bytes arrive whole");
    assert_eq!(two.hears().await, "last");
    two.fanout.publish("news", "an answer".to_owned());
    assert_eq!(one.hears().await, "an answer");
}
