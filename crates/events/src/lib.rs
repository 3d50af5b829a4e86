//! How a change becomes news: outbox, relay, bus, handlers, jobs, schedules, and the guarded outgoing
//! HTTP client.
//!
//! A unit writes its change, its audit row and its event ([`Outbox::publish`]) or job
//! ([`Jobs::enqueue`]); nothing is sent for what was rolled back, and nothing that was committed is
//! lost. The [`Engine`] hands events to every [`Handler`] that wants them and runs jobs.
//!
//! # Invariants
//!
//! - A handler's effect and the memory of the event are one unit: an event may come twice, its effect
//!   does not.
//! - Events of one key reach a handler in the order they were published in; over brokers
//!   ([`BusChoice::Remote`]) those of one key and topic. One that fails holds back the later ones of its
//!   key for that handler only, until it succeeds or becomes a dead letter.
//! - One process relays at a time, by lease, which it renews while it sends.
//! - At most `lane_limit` jobs of one lane are under way, and lanes with fewer go first: a slow
//!   destination delays nobody else.
//! - A wake-up is a hint, polling the truth. What is due is decided by the clock that was given.
//! - Payloads hold ids and public words only. Error texts that are stored hold no personal data.
//!
//! Tables: `outbox`, `processed`, `event_retry`, `dead_letter`, `lease`, `job`, `schedule`.

mod backlog;
mod backoff;
mod bus;
mod cleanup;
mod config;
mod consume;
mod consumer_state;
mod dead_letter;
mod engine;
mod event;
mod forget;
pub mod http;
mod jobs;
mod kafka;
mod lease;
mod metrics;
mod outbox;
mod relay;
mod remote;
mod retry;
mod schedule;
mod stop;
mod text;
mod waiting;
mod wake;

use hanok_db::{Migration, MigrationSet, Sql};

pub use backlog::{Backlog, TopicBacklog, backlog};
pub use backoff::Backoff;
pub use bus::Bus;
pub use config::{BusKind, EventsConfig};
pub use consumer_state::{ConsumerState, consumer_states};
pub use dead_letter::{
    DeadLetter, DeadLetterId, Discarded, Source, count_of, dead_letters, discard, discard_job,
    discard_of, discard_seen, replay,
};
pub use engine::{DuplicateName, Engine, EngineParts, Health, Running};
pub use event::{Event, EventId, Handler, HandlerError, Received, Topic};
pub use forget::forget;
pub use jobs::{Job, JobHandler, JobId, Jobs, NewJob, Outcome};
pub use kafka::KafkaConfig;
pub use lease::Lease;
pub use metrics::METRICS;
pub use outbox::Outbox;
pub use remote::{BusChoice, Foreign, Inbox, RemoteBus};
pub use schedule::{Run, Schedule};
pub use stop::Stop;
pub use waiting::{Item, Waiting, waiting};
pub use wake::Wake;

/// The tables of this crate.
pub const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "events",
        migrations: MIGRATIONS,
    }
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "outbox",
        sql: Sql::PerEngine {
            sqlite: include_str!("../migrations/V1__outbox.sqlite.sql"),
            postgres: include_str!("../migrations/V1__outbox.postgres.sql"),
        },
    },
    Migration {
        version: 2,
        name: "jobs_and_schedules",
        sql: Sql::Both(include_str!("../migrations/V2__jobs_and_schedules.sql")),
    },
];
