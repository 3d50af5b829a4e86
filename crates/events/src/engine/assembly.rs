//! What an engine is put together from.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hanok_base::{Clock, Random};
use hanok_db::Db;
use tokio::sync::Mutex;

use super::{DuplicateName, EngineParts};
use crate::bus::{Bus, LocalBus};
use crate::cleanup;
use crate::config::EventsConfig;
use crate::consume::Consumers;
use crate::event::Handler;
use crate::lease::Lease;
use crate::relay::Relay;
use crate::remote::BusChoice;
use crate::schedule::Schedule;

pub(super) fn all_schedules(parts: &EngineParts) -> Vec<Schedule> {
    let consumers = parts
        .handlers
        .iter()
        .map(|(_, handler)| handler.consumer())
        .collect();
    let mut schedules = parts.schedules.clone();
    schedules.push(cleanup::schedule(
        parts.db.clone(),
        &parts.config,
        consumers,
    ));
    schedules
}

pub(super) fn check_names(
    parts: &EngineParts,
    schedules: &[Schedule],
) -> Result<(), DuplicateName> {
    unique(
        "handler",
        parts.handlers.iter().map(|(_, handler)| handler.consumer()),
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

/// The handlers of each app, in their order.
pub(super) fn by_app(
    handlers: &[(&'static str, Arc<dyn Handler>)],
) -> Vec<(&'static str, Vec<Arc<dyn Handler>>)> {
    let mut apps: Vec<(_, Vec<_>)> = Vec::new();
    for (app, handler) in handlers {
        match apps.iter_mut().find(|(name, _)| name == app) {
            Some((_, of_app)) => of_app.push(Arc::clone(handler)),
            None => apps.push((*app, vec![Arc::clone(handler)])),
        }
    }
    apps
}

pub(super) fn consumers(
    db: &Db,
    clock: &Clock,
    random: &Random,
    config: &EventsConfig,
    handlers: Vec<Arc<dyn Handler>>,
) -> Arc<Consumers> {
    Arc::new(Consumers {
        db: db.clone(),
        clock: clock.clone(),
        random: random.clone(),
        handlers,
        backoff: config.backoff(),
        max_attempts: config.max_attempts,
        remembered: config.remembered(),
        foreign_letters: config.foreign_letters,
        told_of_overflow: AtomicBool::new(false),
    })
}

pub(super) fn relay(
    db: &Db,
    clock: &Clock,
    random: &Random,
    config: &EventsConfig,
    consumers: Arc<Consumers>,
    bus: BusChoice,
) -> Relay {
    let (bus, batch): (Arc<dyn Bus>, u32) = match bus {
        BusChoice::Local => (
            Arc::new(LocalBus::new(Arc::clone(&consumers))),
            config.batch,
        ),
        BusChoice::Remote(bus) => (Arc::clone(&bus) as Arc<dyn Bus>, bus.in_flight()),
    };
    let lease = Lease::new(
        db.clone(),
        clock.clone(),
        random,
        "events.relay",
        config.lease(),
    );
    Relay {
        db: db.clone(),
        clock: clock.clone(),
        random: random.clone(),
        bus,
        consumers,
        lease,
        backoff: config.backoff(),
        batch,
        poll: config.poll(),
        sending: Mutex::new(()),
        retrying: Mutex::new(()),
    }
}
