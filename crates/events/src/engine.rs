//! The engine: relay, bus, job workers and schedules of one process.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::{Clock, Random};
use hanok_db::{Conn, Db, DbError};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::backlog::{Backlog, backlog};
use crate::bus::{Bus, LocalBus};
use crate::cleanup;
use crate::config::{BusKind, EventsConfig};
use crate::consume::Consumers;
use crate::event::Handler;
use crate::jobs::JobHandler;
use crate::jobs::workers::Workers;
use crate::lease::Lease;
use crate::relay::Relay;
use crate::schedule::{Schedule, Schedules};
use crate::stop::{Stop, StopSender};
use crate::wake::Wake;

/// What an engine is made of.
pub struct EngineParts {
    /// The store.
    pub db: Db,
    /// Decides what is due.
    pub clock: Clock,
    /// For ids and jitter.
    pub random: Random,
    /// The section `events`.
    pub config: EventsConfig,
    /// The one that was given to [`Outbox`](crate::Outbox) and [`Jobs`](crate::Jobs).
    pub wake: Wake,
    /// All event handlers of the program.
    pub handlers: Vec<Arc<dyn Handler>>,
    /// All job handlers of the program.
    pub jobs: Vec<Arc<dyn JobHandler>>,
    /// All schedules of the program.
    pub schedules: Vec<Schedule>,
}

/// Two parts of one sort have the same name, so that each would take the other's rows for its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are two {sort}s of the name {name}")]
pub struct DuplicateName {
    sort: &'static str,
    name: &'static str,
}

/// Relay, bus, job workers and schedules. Cloning shares them.
#[derive(Clone)]
pub struct Engine {
    db: Db,
    clock: Clock,
    wake: Wake,
    relay: Arc<Relay>,
    workers: Arc<Workers>,
    schedules: Arc<Schedules>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// Puts the parts together; nothing runs yet.
    pub fn new(parts: EngineParts) -> Result<Self, DuplicateName> {
        let schedules = all_schedules(&parts);
        check_names(&parts, &schedules)?;
        let EngineParts {
            db,
            clock,
            random,
            config,
            wake,
            handlers,
            jobs,
            ..
        } = parts;
        let workers = Workers::new(db.clone(), clock.clone(), random.clone(), &config, jobs);
        let schedules = Schedules::new(db.clone(), clock.clone(), &random, &config, schedules);
        let relay = relay(&db, &clock, &random, &config, handlers);
        let (relay, workers, schedules) = (Arc::new(relay), Arc::new(workers), Arc::new(schedules));
        Ok(Self {
            db,
            clock,
            wake,
            relay,
            workers,
            schedules,
        })
    }

    /// Starts working, in tasks of the current tokio runtime.
    pub fn start(&self) -> Running {
        let stop = StopSender::new(None);
        let mut tasks = JoinSet::new();
        let relay = Arc::clone(&self.relay);
        tasks.spawn(relay.run(Arc::clone(&self.wake.outbox), Stop::of(&stop)));
        let workers = Arc::clone(&self.workers);
        tasks.spawn(workers.work(Arc::clone(&self.wake.jobs), Stop::of(&stop)));
        tasks.spawn(Arc::clone(&self.schedules).work(Stop::of(&stop)));
        Running { stop, tasks }
    }

    /// For tests: hands on every event and runs every job that is due at the clock's time, and what they
    /// lead to, until nothing is due. It waits for no time to pass. What another process holds by lease
    /// is left to it.
    pub async fn settle(&self) -> Result<(), DbError> {
        loop {
            let done = self.relay.send_waiting().await?
                + self.relay.retry_due().await?
                + self.workers.settle().await?;
            if done == 0 {
                return Ok(());
            }
        }
    }

    /// For tests and commands: runs every schedule that is due, one after the other. Returns how many.
    pub async fn run_schedules_due(&self) -> Result<usize, DbError> {
        self.schedules.run_due().await
    }

    /// How far behind the engine is.
    pub async fn health(&self) -> Result<Health, DbError> {
        let now = self.clock.now();
        let count = async move |conn: &mut Conn| backlog(conn, now).await;
        let backlog = self.db.report(count).await?;
        let lag = backlog
            .oldest_at()
            .map_or(Duration::ZERO, |oldest| now.since(oldest));
        Ok(Health {
            lag_seconds: lag.as_secs(),
            backlog,
        })
    }
}

/// How far behind the engine is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Age of the oldest event that waits in the outbox; seconds.
    pub lag_seconds: u64,
    /// All that waits.
    pub backlog: Backlog,
}

/// What is under way when the program ends gets this long, unless said otherwise.
const GRACE: Duration = Duration::from_secs(10);

/// The time to write down what was cut off after that.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// An engine at work. Dropping it stops everything at once, in the middle; what was under way is taken
/// up again when its lease runs out.
#[derive(Debug)]
pub struct Running {
    stop: StopSender,
    tasks: JoinSet<()>,
}

impl Running {
    /// Takes up nothing new, lets what is under way finish within 10 seconds and gives the leases back.
    pub async fn shutdown(self) {
        self.shutdown_within(GRACE).await;
    }

    /// The same with another limit. Jobs that are cut off by it are given back and run again elsewhere.
    pub async fn shutdown_within(mut self, grace: Duration) {
        self.stop.send_replace(Some(grace));
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(grace + LAST_WORDS, all).await.is_err() {
            tracing::warn!("the event engine did not stop in time and is cut off");
        }
    }

    /// For tests: stops everything in the middle as dropping does, and returns when nothing of it runs any more.
    /// A dropped engine may still claim something on another thread after the drop has returned.
    pub async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

fn all_schedules(parts: &EngineParts) -> Vec<Schedule> {
    let consumers = parts
        .handlers
        .iter()
        .map(|handler| handler.consumer())
        .collect();
    let mut schedules = parts.schedules.clone();
    schedules.push(cleanup::schedule(
        parts.db.clone(),
        &parts.config,
        consumers,
    ));
    schedules
}

fn check_names(parts: &EngineParts, schedules: &[Schedule]) -> Result<(), DuplicateName> {
    unique(
        "handler",
        parts.handlers.iter().map(|handler| handler.consumer()),
    )?;
    unique(
        "job handler",
        parts.jobs.iter().map(|handler| handler.kind()),
    )?;
    unique("schedule", schedules.iter().map(|schedule| schedule.name))
}

fn unique(
    sort: &'static str,
    names: impl Iterator<Item = &'static str>,
) -> Result<(), DuplicateName> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(DuplicateName { sort, name });
        }
    }
    Ok(())
}

fn relay(
    db: &Db,
    clock: &Clock,
    random: &Random,
    config: &EventsConfig,
    handlers: Vec<Arc<dyn Handler>>,
) -> Relay {
    let consumers = Arc::new(Consumers {
        db: db.clone(),
        clock: clock.clone(),
        random: random.clone(),
        handlers,
        backoff: config.backoff(),
        max_attempts: config.max_attempts,
    });
    let bus: Arc<dyn Bus> = match config.bus {
        BusKind::Local => Arc::new(LocalBus::new(Arc::clone(&consumers))),
    };
    Relay {
        db: db.clone(),
        clock: clock.clone(),
        random: random.clone(),
        bus,
        consumers,
        lease: Lease::new(
            db.clone(),
            clock.clone(),
            random,
            "events.relay",
            config.lease(),
        ),
        backoff: config.backoff(),
        batch: config.batch,
        poll: config.poll(),
        turn: Mutex::new(()),
    }
}
