//! The engine: relay, bus, job workers and schedules of one process.

mod assembly;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::{Clock, Random};
use hanok_db::{Conn, Db, DbError};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::assembly::{all_schedules, by_app, check_names, consumers, relay};
use crate::backlog::{Backlog, backlog};
use crate::config::EventsConfig;
use crate::event::Handler;
use crate::jobs::JobHandler;
use crate::jobs::workers::Workers;
use crate::relay::Relay;
use crate::remote::{BusChoice, Inbox, RemoteBus};
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
    /// How events travel.
    pub bus: BusChoice,
    /// All event handlers of the program, each with the name of its app.
    pub handlers: Vec<(&'static str, Arc<dyn Handler>)>,
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
    remote: Option<Remote>,
    workers: Arc<Workers>,
    schedules: Arc<Schedules>,
}

/// A bus over brokers and those who read from it.
#[derive(Clone)]
struct Remote {
    bus: Arc<dyn RemoteBus>,
    inboxes: Vec<Inbox>,
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
            bus,
            handlers,
            jobs,
            ..
        } = parts;
        let workers = Workers::new(db.clone(), clock.clone(), random.clone(), &config, jobs);
        let schedules = Schedules::new(db.clone(), clock.clone(), &random, &config, schedules);
        let consumers = |handlers| consumers(&db, &clock, &random, &config, handlers);
        let remote = match &bus {
            BusChoice::Local => None,
            BusChoice::Remote(bus) => Some(Remote {
                bus: Arc::clone(bus),
                inboxes: by_app(&handlers)
                    .into_iter()
                    .map(|(app, handlers)| Inbox::new(app, consumers(handlers)))
                    .collect(),
            }),
        };
        let all = consumers(handlers.into_iter().map(|(_, handler)| handler).collect());
        let relay = relay(&db, &clock, &random, &config, all, bus);
        let (relay, workers, schedules) = (Arc::new(relay), Arc::new(workers), Arc::new(schedules));
        Ok(Self {
            db,
            clock,
            wake,
            relay,
            remote,
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
        let relay = Arc::clone(&self.relay);
        tasks.spawn(self.wake.clone().tell_others(relay, Stop::of(&stop)));
        if let Some(Remote { bus, inboxes }) = &self.remote {
            tasks.spawn(Arc::clone(bus).consume(inboxes.clone(), Stop::of(&stop)));
        }
        let workers = Arc::clone(&self.workers);
        tasks.spawn(workers.work(Arc::clone(&self.wake.jobs), Stop::of(&stop)));
        tasks.spawn(Arc::clone(&self.schedules).work(Stop::of(&stop)));
        Running { stop, tasks }
    }

    /// For tests: handles what comes from the brokers, and does nothing else.
    pub fn listen(&self) -> Running {
        let stop = StopSender::new(None);
        let mut tasks = JoinSet::new();
        if let Some(Remote { bus, inboxes }) = &self.remote {
            tasks.spawn(Arc::clone(bus).consume(inboxes.clone(), Stop::of(&stop)));
        }
        Running { stop, tasks }
    }

    /// For tests: hands on every event and runs every job that is due at the clock's time, and what they
    /// lead to, until nothing is due. It waits for no time to pass. What another process holds by lease
    /// is left to it, and what went to brokers is handled by an engine that [listens](Self::listen).
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
