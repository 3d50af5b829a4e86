//! Trying Kafka and Redis, as the configuration names them.

use hanok::{Config, try_kafka};
use hanok_accounts::command::{Neighbour, Tried};
use hanok_events::BusKind;
use hanok_redis::probe;

/// Tries one of them.
pub(super) async fn try_one(config: &Config, which: Neighbour) -> Tried {
    match which {
        Neighbour::Kafka => kafka(config).await,
        Neighbour::Redis => redis(config).await,
    }
}

async fn kafka(config: &Config) -> Tried {
    // One that is named is tried before events are sent over it.
    if config.events.bus == BusKind::Local && config.kafka.bootstrap_servers.is_empty() {
        return Tried::Unused("events travel in this process (events.bus)".to_owned());
    }
    try_kafka(config).await
}

async fn redis(config: &Config) -> Tried {
    if !config.redis.is_set() {
        return Tried::Unused("none is named (redis.url)".to_owned());
    }
    match probe(&config.redis).await {
        Ok(probe) => Tried::Works(format!(
            "version {}; a value was written and read in {} µs",
            probe.version.as_deref().unwrap_or("unknown"),
            probe.round_trip.as_micros()
        )),
        Err(found) => Tried::Fails {
            found,
            remedy: "start Redis, or correct redis.url (REDIS_URL) and redis.password (REDIS_PASSWORD); until it answers each process counts its limits alone".to_owned(),
        },
    }
}
