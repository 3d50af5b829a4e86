//! What this process shares with others of the installation: over Redis where there is one, else news alone over
//! PostgreSQL, else nothing.

use std::future::ready;

use hanok_base::shared::Neighbours;
use hanok_db::Db;
use hanok_redis::Redis;
use hanok_web::health::Check;

use crate::config::Config;
use crate::program::BuildError;

/// What is shared, and what `/health/ready` asks of it.
pub(crate) struct Beside {
    pub(crate) shared: Neighbours,
    pub(crate) check: Option<Check>,
}

/// What the configuration says is there. A Redis that does not answer is looked for in the background.
pub(crate) async fn beside(config: &Config, db: &Db) -> Result<Beside, BuildError> {
    let counters = config.limits.counters_max;
    if config.redis.is_set() {
        let redis = Redis::open(&config.redis, counters).await;
        let redis = redis.map_err(|fault| BuildError::Wiring(fault.to_string()))?;
        return Ok(over(redis));
    }
    let mut shared = Neighbours::none(counters);
    if let Some(fanout) = db.fanout() {
        shared.fanout = fanout;
    }
    Ok(Beside {
        shared,
        check: None,
    })
}

fn over(redis: Redis) -> Beside {
    Beside {
        shared: Neighbours {
            counters: redis.counters(),
            cache: redis.cache(),
            fanout: redis.fanout(),
        },
        // It keeps the connection for as long as anybody may ask.
        check: Some(Check::advisory("redis", move || ready(redis.check()))),
    }
}
