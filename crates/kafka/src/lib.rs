//! The bus over Apache Kafka: events leave the outbox for topics, and every app reads them as a consumer
//! group of its own, in whichever process.
//!
//! A message is an event: its value the payload (UTF-8 JSON), its key the aggregate's id, its headers
//! `event_id`, `type`, `version` and `occurred_at` (RFC 3339). All events of a key lie in one partition.
//!
//! # Invariants
//!
//! - An event counts as sent when all in-sync replicas have it. Per topic and key the order on the
//!   partition is that of the outbox; what was sent twice has the same `event_id`.
//! - A group's offset is stored only after every handler of the app has taken the event: handled it, or
//!   set it aside. Partitions are handled side by side, each in order.
//! - A store that gives up pauses the partition, which goes on where it was; a message that is no event
//!   becomes a dead letter, and its partition goes on.
//! - Brokers that are away stop nobody: what is sent fails in time and stays in the outbox, and nothing
//!   here blocks a thread of the runtime.
//!
//! Tables: none of its own; dead letters of source `kafka`.

mod brokers;
mod bus;
mod consumer;
mod message;
mod metrics;
mod probe;
mod producer;
mod settings;
mod statistics;
mod threads;
mod topics;

pub use brokers::Lag;
pub use bus::KafkaBus;
pub use metrics::METRICS;
pub use probe::{ProbeFault, ProbeReport, probe};
