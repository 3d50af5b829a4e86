//! What the store tells the operator: counts, durations, and slow statements by name.

use std::time::{Duration, Instant};

use metrics::{Counter, Histogram};

use crate::config::{Engine, StoreConfig};
use crate::sql;

/// The metric handles of one store, fetched once.
pub(crate) struct Meter {
    slow: Duration,
    statements: Histogram,
    slow_statements: Counter,
    units: Histogram,
    committed: Counter,
    rolled_back: Counter,
    busy: Counter,
    batches: Histogram,
    commits: Histogram,
}

impl Meter {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        let engine = match config.engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        };
        Self {
            slow: Duration::from_millis(config.slow_statement_ms),
            statements: metrics::histogram!("hanok_store_statement_seconds", "engine" => engine),
            slow_statements: metrics::counter!("hanok_store_slow_statements_total", "engine" => engine),
            units: metrics::histogram!("hanok_store_unit_seconds", "engine" => engine),
            committed: metrics::counter!("hanok_store_units_total", "engine" => engine, "outcome" => "committed"),
            rolled_back: metrics::counter!("hanok_store_units_total", "engine" => engine, "outcome" => "rolled_back"),
            busy: metrics::counter!("hanok_store_busy_total", "engine" => engine),
            batches: metrics::histogram!("hanok_store_batch_units", "engine" => engine),
            commits: metrics::histogram!("hanok_store_commit_seconds", "engine" => engine),
        }
    }

    /// A statement ended, well or not.
    pub(crate) fn statement(&self, text: &str, started: Instant) {
        let took = started.elapsed();
        self.statements.record(took);
        if took >= self.slow {
            self.slow_statements.increment(1);
            let milliseconds = took.as_millis();
            tracing::warn!(statement = sql::name(text), milliseconds, "slow statement");
        }
    }

    /// A unit ran; `kept` unless it was rolled back alone.
    pub(crate) fn unit(&self, started: Instant, kept: bool) {
        self.units.record(started.elapsed());
        let outcome = if kept {
            &self.committed
        } else {
            &self.rolled_back
        };
        outcome.increment(1);
    }

    /// A caller was turned away.
    pub(crate) fn busy(&self) {
        self.busy.increment(1);
    }

    /// So many units shared a commit, which took from `started` until now.
    pub(crate) fn commit(&self, units: usize, started: Instant) {
        self.batches
            .record(f64::from(u32::try_from(units).unwrap_or(u32::MAX)));
        self.commits.record(started.elapsed());
    }
}
