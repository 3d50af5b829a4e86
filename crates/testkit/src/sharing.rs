//! Two programs that share more than their store: over PostgreSQL's own news, or over Redis.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Random;
use hanok_base::encoding::hex_encode;
use hanok_base::shared::{Fanout, Neighbours, News};
use hanok_db::Db;
use hanok_redis::{Redis, RedisConfig, testing};
use tokio::sync::Notify;
use tokio::time::timeout;

/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_mins(1);
/// Room for the counters of each program.
const COUNTERS: usize = 10_000;
const CHANNEL: &str = "tests";

/// What each of two programs is given; they hear each other from the beginning.
pub struct Sharing {
    /// How they share, for a test's messages.
    pub over: &'static str,
    /// For the first program.
    pub one: Neighbours,
    /// For the second.
    pub two: Neighbours,
    /// Kept as long as they are used.
    redis: Vec<Redis>,
}

impl Sharing {
    /// Every way there is for programs on this store.
    pub async fn every(db: &Db) -> Vec<Self> {
        let mut ways: Vec<Self> = Self::over_postgres(db).await.into_iter().collect();
        if let Some(config) = testing::beside() {
            ways.push(Self::over_redis(&config).await);
        }
        ways
    }

    /// News over PostgreSQL, where the store is on it.
    pub async fn over_postgres(db: &Db) -> Option<Self> {
        let alone = || Neighbours::none(COUNTERS);
        let (mut one, mut two) = (alone(), alone());
        one.fanout = db.fanout("tests")?;
        two.fanout = db.fanout("tests")?;
        Some(Self::met("PostgreSQL", one, two, Vec::new()).await)
    }

    /// Counters, cache and news over Redis.
    ///
    /// # Panics
    /// When there is none at this address.
    pub async fn over_redis(config: &RedisConfig) -> Self {
        let one = Redis::open(config, COUNTERS).await.unwrap();
        let two = Redis::open(config, COUNTERS).await.unwrap();
        let (there, as_well) = (neighbours(&one), neighbours(&two));
        Self::met("Redis", there, as_well, vec![one, two]).await
    }

    /// Whether Redis answers both.
    pub fn is_up(&self) -> bool {
        self.redis.iter().all(|redis| redis.check().is_ok())
    }

    /// Waits until each has heard whatever the other has said until now.
    pub async fn heard(&self) {
        meet(&*self.one.fanout, &*self.two.fanout).await;
        meet(&*self.two.fanout, &*self.one.fanout).await;
    }

    async fn met(over: &'static str, one: Neighbours, two: Neighbours, redis: Vec<Redis>) -> Self {
        let sharing = Self {
            over,
            one,
            two,
            redis,
        };
        sharing.heard().await;
        sharing
    }
}

fn neighbours(redis: &Redis) -> Neighbours {
    Neighbours {
        counters: redis.counters(),
        cache: redis.cache(),
        fanout: redis.fanout(),
    }
}

/// Waits until `two` hears what `one` says now.
async fn meet(one: &dyn Fanout, two: &dyn Fanout) {
    let heard = Arc::new(Notify::new());
    let noting = Arc::clone(&heard);
    let mark = hex_encode(&Random::system().bytes::<8>());
    let awaited = mark.clone();
    two.subscribe(
        CHANNEL,
        Arc::new(move |news| {
            if news == News::Text(&awaited) {
                noting.notify_one();
            }
        }),
    );
    let met = async {
        loop {
            one.publish(CHANNEL, mark.clone());
            if timeout(Duration::from_millis(50), heard.notified())
                .await
                .is_ok()
            {
                return;
            }
        }
    };
    timeout(PATIENCE, met).await.expect("they hear each other");
}
