//! What this process shares with others of the installation: over Redis where there is one, else news alone over
//! PostgreSQL, else nothing. Here is where news are sealed, whatever carries them.

use std::future::ready;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hanok_base::shared::{Fanout, Neighbours, SealedFanout};
use hanok_base::{Clock, KeyRing};
use hanok_db::Db;
use hanok_redis::Redis;
use hanok_web::health::Check;

use crate::config::Config;
use crate::program::BuildError;

/// How often news that were put off are looked for.
const SETTLE_EVERY: Duration = Duration::from_secs(2);

/// What is shared, and what `/health/ready` asks of it.
pub(crate) struct Beside {
    pub(crate) shared: Neighbours,
    pub(crate) check: Option<Check>,
}

/// What the configuration says is there. A Redis that does not answer is looked for in the background.
pub(crate) async fn beside(
    config: &Config,
    db: &Db,
    keys: &KeyRing,
    clock: &Clock,
) -> Result<Beside, BuildError> {
    let counters = config.limits.counters_max;
    let installation = keys.installation();
    let sealed = |inner, transport| sealed(SealedFanout::new(inner, transport, keys, clock));
    if config.redis.is_set() {
        let section = config.redis.clone().of_installation(&installation);
        let redis = Redis::open(&section, counters).await;
        let redis = redis.map_err(|fault| BuildError::Wiring(fault.to_string()))?;
        let fanout = sealed(redis.fanout(), "redis");
        return Ok(over(redis, fanout));
    }
    let mut shared = Neighbours::none(counters);
    if let Some(fanout) = db.fanout(&installation) {
        shared.fanout = sealed(fanout, "postgres");
    }
    Ok(Beside {
        shared,
        check: None,
    })
}

fn over(redis: Redis, fanout: Arc<dyn Fanout>) -> Beside {
    Beside {
        shared: Neighbours {
            counters: redis.counters(),
            cache: redis.cache(),
            fanout,
        },
        // It keeps the connection for as long as anybody may ask.
        check: Some(Check::advisory("redis", move || ready(redis.check()))),
    }
}

/// A sealed fan-out that is looked after for as long as anybody uses it.
fn sealed(fanout: SealedFanout) -> Arc<dyn Fanout> {
    let fanout = Arc::new(fanout);
    tokio::spawn(settling(Arc::downgrade(&fanout)));
    fanout
}

async fn settling(fanout: Weak<SealedFanout>) {
    loop {
        tokio::time::sleep(SETTLE_EVERY).await;
        let Some(fanout) = fanout.upgrade() else {
            return;
        };
        fanout.settle();
    }
}
