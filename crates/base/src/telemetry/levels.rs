//! Levels, for everything and for single targets, and their change while the program runs.

use std::collections::BTreeMap;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::reload;

use crate::config::{Environment, Level};
use crate::telemetry::{SECURITY, TelemetryError};

/// Changes what is written, from the next line on.
#[derive(Clone)]
pub struct Levels {
    change: std::sync::Arc<dyn Fn(Targets) + Send + Sync>,
    environment: Environment,
}

impl Levels {
    pub(super) fn new<S: 'static>(
        handle: reload::Handle<Targets, S>,
        environment: Environment,
    ) -> Self {
        // It fails only when the log itself is gone, and then there is nothing to change.
        let change = move |targets| drop(handle.reload(targets));
        Self {
            change: std::sync::Arc::new(change),
            environment,
        }
    }

    /// Sets the level of everything, and those of single targets; earlier ones are forgotten.
    ///
    /// # Errors
    /// For a debug level in production; nothing changes then.
    pub fn set(
        &self,
        level: Level,
        levels: &BTreeMap<String, Level>,
    ) -> Result<(), TelemetryError> {
        (self.change)(targets(level, levels, self.environment)?);
        Ok(())
    }
}

pub(super) fn targets(
    level: Level,
    levels: &BTreeMap<String, Level>,
    environment: Environment,
) -> Result<Targets, TelemetryError> {
    let debug = level.is_debug() || levels.values().any(|level| level.is_debug());
    if debug && environment == Environment::Production {
        return Err(TelemetryError::DebugInProduction);
    }
    let each = levels
        .iter()
        .map(|(target, level)| (target.clone(), filter(*level)));
    Ok(Targets::new()
        .with_default(filter(level))
        // The security log is kept for a year whatever the level; who wants less of it names it.
        .with_target(SECURITY, filter(level.max(Level::Info)))
        .with_targets(each))
}

const fn filter(level: Level) -> LevelFilter {
    match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    }
}
