//! What the store tells the operator: counts, durations, and slow statements by name.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use hanok_base::metric::Metric;
use metrics::{Counter, Histogram};

use crate::config::StoreConfig;
use crate::trouble::Trouble;
use crate::{sql, statement};

const STATEMENTS: &str = "hanok_store_statement_duration_seconds";
const SLOW: &str = "hanok_store_slow_statements_total";
const UNITS: &str = "hanok_store_units_total";
const UNIT_DURATION: &str = "hanok_store_unit_duration_seconds";
const BUSY: &str = "hanok_store_busy_total";
const BATCHES: &str = "hanok_store_commit_units";
const COMMITS: &str = "hanok_store_commit_duration_seconds";

/// The metrics of this crate.
pub const METRICS: &[Metric] = &[
    Metric::histogram(
        STATEMENTS,
        &[0.0001, 0.001, 0.01, 0.1, 1.0],
        "Time of one statement, by engine and by what it does to which table first.",
    ),
    Metric::counter(
        SLOW,
        "Statements that took longer than store.slow_statement_ms; each is named in the log.",
    ),
    Metric::counter(
        UNITS,
        "Units (transactions) that ended, committed or rolled back.",
    ),
    Metric::histogram(
        UNIT_DURATION,
        &[0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0],
        "Time of one unit on its connection, without its commit and without waiting for a connection.",
    ),
    Metric::counter(
        BUSY,
        "Callers that were turned away because a queue of the store was full or no connection was free in time.",
    ),
    Metric::histogram(
        BATCHES,
        &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0],
        "Units that shared one commit.",
    ),
    Metric::histogram(
        COMMITS,
        &[
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0,
        ],
        "Time of one commit, until it is on disk.",
    ),
];

/// Most statements whose handles are kept; filters put together at run time must not pile up.
const KEPT: usize = 1_024;

/// The metric handles of one store, fetched once.
pub(crate) struct Meter {
    engine: &'static str,
    slow: Duration,
    statements: RwLock<HashMap<(usize, usize), Known>>,
    slow_statements: Counter,
    units: Histogram,
    committed: Counter,
    rolled_back: Counter,
    busy: Counter,
    batches: Histogram,
    commits: Histogram,
    /// What keeps units from changing anything.
    pub(crate) trouble: Trouble,
}

/// A statement that was met before, found by where its text lies and then compared, which is quicker than
/// hashing it.
struct Known {
    text: Box<str>,
    duration: Histogram,
}

impl Meter {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        let engine = config.engine.as_str();
        Self {
            engine,
            slow: Duration::from_millis(config.slow_statement_ms),
            statements: RwLock::default(),
            slow_statements: metrics::counter!(SLOW, "engine" => engine),
            units: metrics::histogram!(UNIT_DURATION, "engine" => engine),
            committed: metrics::counter!(UNITS, "engine" => engine, "outcome" => "committed"),
            rolled_back: metrics::counter!(UNITS, "engine" => engine, "outcome" => "rolled_back"),
            busy: metrics::counter!(BUSY, "engine" => engine),
            batches: metrics::histogram!(BATCHES, "engine" => engine),
            commits: metrics::histogram!(COMMITS, "engine" => engine),
            trouble: Trouble::default(),
        }
    }

    /// A statement ended, well or not.
    pub(crate) fn statement(&self, text: &str, started: Instant) {
        let took = started.elapsed();
        self.record(text, took);
        if took >= self.slow {
            self.slow_statements.increment(1);
            let milliseconds = took.as_millis();
            tracing::warn!(statement = sql::name(text), milliseconds, "slow statement");
        }
    }

    fn record(&self, text: &str, took: Duration) {
        let key = (text.as_ptr().addr(), text.len());
        let known = self.statements.read();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&key).filter(|known| &*known.text == text) {
            known.duration.record(took);
            return;
        }
        drop(known);
        self.meet(key, text).record(took);
    }

    #[cold]
    fn meet(&self, key: (usize, usize), text: &str) -> Histogram {
        let label = statement::label(text);
        let duration =
            metrics::histogram!(STATEMENTS, "engine" => self.engine, "statement" => label);
        let known = Known {
            text: text.into(),
            duration: duration.clone(),
        };
        let statements = self.statements.write();
        let mut statements = statements.unwrap_or_else(PoisonError::into_inner);
        if statements.len() >= KEPT {
            statements.clear();
        }
        statements.insert(key, known);
        duration
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
