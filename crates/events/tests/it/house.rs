//! What the tests share: a clock that stands still, sources that repeat, and engines over one store.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{Db, DbError, Migration, MigrationSet, Sql, Tx, params};
use hanok_events::{
    BusChoice, Engine, EngineParts, EventsConfig, Handler, JobHandler, Jobs, Outbox, Schedule, Wake,
};

/// The tables of the crate, and one for effects.
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

/// One process: everything but the store is its own; the clock is shared.
#[derive(Clone)]
pub struct House {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub wake: Wake,
    pub outbox: Outbox,
    pub jobs: Jobs,
    pub config: EventsConfig,
}

impl House {
    pub fn new(db: &Db) -> Self {
        Self::sharing(
            db,
            &Clock::manual(Timestamp::from_seconds(1_800_000_000)),
            1,
        )
    }

    /// Another process over the same store.
    pub fn sharing(db: &Db, clock: &Clock, seed: u64) -> Self {
        let (clock, random, wake) = (clock.clone(), Random::seeded(seed), Wake::default());
        let outbox = Outbox::new(clock.clone(), random.clone(), &wake);
        let jobs = Jobs::new(clock.clone(), random.clone(), &wake);
        let config = EventsConfig {
            poll_ms: 10,
            ..EventsConfig::default()
        };
        Self {
            db: db.clone(),
            clock,
            random,
            wake,
            outbox,
            jobs,
            config,
        }
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn engine_for(&self, handlers: &[Arc<dyn Handler>]) -> Engine {
        self.engine(handlers.to_vec(), Vec::new(), Vec::new())
    }

    pub fn engine(
        &self,
        handlers: Vec<Arc<dyn Handler>>,
        jobs: Vec<Arc<dyn JobHandler>>,
        schedules: Vec<Schedule>,
    ) -> Engine {
        let handlers = handlers.into_iter().map(|it| ("app", it)).collect();
        let parts = EngineParts {
            jobs,
            schedules,
            ..self.parts(BusChoice::Local, handlers)
        };
        Engine::new(parts).unwrap()
    }

    pub fn engine_over(
        &self,
        bus: BusChoice,
        handlers: Vec<(&'static str, Arc<dyn Handler>)>,
    ) -> Engine {
        Engine::new(self.parts(bus, handlers)).unwrap()
    }

    fn parts(
        &self,
        bus: BusChoice,
        handlers: Vec<(&'static str, Arc<dyn Handler>)>,
    ) -> EngineParts {
        EngineParts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            config: self.config.clone(),
            wake: self.wake.clone(),
            bus,
            handlers,
            jobs: Vec::new(),
            schedules: Vec::new(),
        }
    }

    /// A statement of the test's own.
    pub async fn execute(&self, sql: &'static str) -> Result<u64, DbError> {
        self.db
            .write(async move |tx: &mut Tx| tx.execute(sql, params![]).await)
            .await
    }

    /// A number from the store.
    pub async fn number(&self, sql: &'static str) -> Result<i64, DbError> {
        self.db
            .read(async move |conn| conn.one(sql, params![]).await)
            .await
    }

    /// What a consumer has written, in order.
    pub async fn effects(&self, consumer: &'static str) -> Result<Vec<String>, DbError> {
        const ITEMS: &str = "SELECT item FROM effect WHERE consumer = $1 ORDER BY place";
        self.db
            .read(async move |conn| conn.all(ITEMS, params![consumer]).await)
            .await
    }
}
