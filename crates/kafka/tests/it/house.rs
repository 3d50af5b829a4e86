//! What the tests share: engines over one store and one broker, with topics of the test's own.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::{Clock, Random};
use hanok_db::{Db, DbError, Migration, MigrationSet, Sql, Tx, params};
use hanok_events::{
    BusChoice, DeadLetter, Engine, EngineParts, Event, EventsConfig, Handler, KafkaConfig, Outbox,
    Wake, dead_letters,
};
use hanok_kafka::KafkaBus;
use tokio::time::{Instant, sleep};

use crate::recorder::noted;

/// The tables of the events, and one for effects.
pub const SETS: &[MigrationSet] = &[
    hanok_events::migrations(),
    MigrationSet {
        name: "effects",
        migrations: &[Migration {
            version: 1,
            name: "effect",
            sql: Sql::Both(
                "CREATE TABLE effect (consumer TEXT NOT NULL, event_key TEXT NOT NULL, \
                 item TEXT NOT NULL, place BIGINT NOT NULL)",
            ),
        }],
    },
];

/// What has not happened after this long does not happen.
const PATIENCE: Duration = Duration::from_secs(90);

/// One process.
pub struct House {
    pub db: Db,
    pub bus: Arc<KafkaBus>,
    pub config: KafkaConfig,
    pub outbox: Outbox,
    wake: Wake,
}

/// Topics and groups that no other test has, three partitions each.
pub fn topics_of_ones_own(address: &str) -> KafkaConfig {
    let own = Random::system().token();
    let (own, _) = own.split_at(8);
    let name = |topic: &str| format!("{own}.{topic}");
    KafkaConfig {
        bootstrap_servers: address.to_owned(),
        group_prefix: own.to_owned(),
        domain_events_topic: name("domain_events"),
        notifications_topic: name("notifications"),
        user_activities_topic: name("user_activities"),
        email_notifications_topic: name("email_notifications"),
        provider_callbacks_topic: name("provider_callbacks"),
        market_alerts_topic: name("market_alerts"),
        probe_topic: name("probe"),
        partitions: 3,
        session_timeout_ms: 6_000,
        ..KafkaConfig::default()
    }
}

impl House {
    pub fn new(db: &Db, address: &str) -> Self {
        Self::with(db, topics_of_ones_own(address))
    }

    /// Another process over the same store, or one with settings of the test's own.
    pub fn with(db: &Db, config: KafkaConfig) -> Self {
        let wake = Wake::default();
        Self {
            db: db.clone(),
            bus: Arc::new(KafkaBus::new(config.clone())),
            config,
            outbox: Outbox::new(Clock::system(), Random::system(), &wake),
            wake,
        }
    }

    /// An engine whose one app is `app`.
    pub fn engine(&self, handlers: &[Arc<dyn Handler>]) -> Engine {
        let apps = handlers.iter().map(|handler| ("app", Arc::clone(handler)));
        self.engine_of(apps.collect())
    }

    pub fn engine_of(&self, handlers: Vec<(&'static str, Arc<dyn Handler>)>) -> Engine {
        let parts = EngineParts {
            db: self.db.clone(),
            clock: Clock::system(),
            random: Random::system(),
            config: EventsConfig {
                poll_ms: 20,
                lease_seconds: 3,
                ..EventsConfig::default()
            },
            wake: self.wake.clone(),
            bus: BusChoice::Remote(self.bus.clone()),
            handlers,
            jobs: Vec::new(),
            schedules: Vec::new(),
        };
        Engine::new(parts).unwrap()
    }

    /// Publishes items, each in a unit of its own.
    pub async fn publish(&self, items: &[&str]) -> Result<(), DbError> {
        for item in items {
            self.publish_one(noted(item)).await?;
        }
        Ok(())
    }

    pub async fn publish_one<E: Event + 'static>(&self, event: E) -> Result<(), DbError> {
        let outbox = self.outbox.clone();
        let unit = async move |tx: &mut Tx| outbox.publish(tx, &event).await;
        self.db.write(unit).await.map(|_| ())
    }

    /// A statement of the test's own.
    pub async fn execute(&self, sql: &'static str) -> Result<u64, DbError> {
        self.db
            .write(async move |tx: &mut Tx| tx.execute(sql, params![]).await)
            .await
    }

    /// What a consumer has written, in order.
    pub async fn effects(&self, consumer: &'static str) -> Result<Vec<String>, DbError> {
        const ITEMS: &str = "SELECT item FROM effect WHERE consumer = $1 ORDER BY place";
        self.db
            .read(async move |conn| conn.all(ITEMS, params![consumer]).await)
            .await
    }

    /// What a consumer has written, once there is so much of it.
    pub async fn effects_of(
        &self,
        consumer: &'static str,
        count: usize,
    ) -> Result<Vec<String>, DbError> {
        let enough = async || Ok(self.effects(consumer).await?.len() >= count);
        if let Err(error) = until(enough).await {
            panic!("{error}: {:?}", self.effects(consumer).await);
        }
        self.effects(consumer).await
    }

    pub async fn letters(&self) -> Result<Vec<DeadLetter>, DbError> {
        self.db
            .read(async |conn| dead_letters(conn, None, 50).await)
            .await
    }
}

/// Waits until it is so.
pub async fn until(is_so: impl AsyncFn() -> Result<bool, DbError>) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match is_so().await {
            Ok(true) => return Ok(()),
            Ok(false) => sleep(Duration::from_millis(20)).await,
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("it did not come to it in time".to_owned())
}

/// The items of each key in the order in which they were handled: each counts up from 1 without a hole.
pub fn assert_in_order(items: &[String]) {
    let mut next = std::collections::HashMap::new();
    for item in items {
        let (key, number) = item.split_at(1);
        let expected: &mut u32 = next.entry(key.to_owned()).or_insert(1);
        assert_eq!(number.parse::<u32>(), Ok(*expected), "{item} in {items:?}");
        *expected += 1;
    }
}
