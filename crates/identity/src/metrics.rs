//! What identity measures: transactions, callbacks, providers' calls.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::ProcessDuty;
use hanok_base::Timestamp;
use hanok_base::metric::Metric;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::Outcome;
use hanok_web::metrics::Callers;

use crate::context::Identity;
use crate::transaction::{FailureReason, Status};

const REQUESTED: &str = "hanok_transactions_requested_total";
const ENDED: &str = "hanok_transactions_ended_total";
const OF_A_DAY: &str = "hanok_transactions_last_day";
const CALLBACKS: &str = "hanok_callback_deliveries_total";
const CALLBACK_DURATION: &str = "hanok_callback_delivery_duration_seconds";
const PROVIDER_CALLS: &str = "hanok_provider_requests_total";

/// The metrics of this crate.
pub const METRICS: &[Metric] = &[
    Metric::counter(REQUESTED, "Transactions that were asked for."),
    Metric::counter(
        ENDED,
        "Transactions that ended, by state, and of those that failed by reason.",
    ),
    Metric::gauge(
        OF_A_DAY,
        "Transactions that were asked for in the last 24 hours, by the state they are in; of the whole store.",
    ),
    Metric::counter(
        CALLBACKS,
        "Attempts to tell a provider, by outcome: delivered, failed (tried again), dead (given up).",
    ),
    Metric::histogram(
        CALLBACK_DURATION,
        &[
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ],
        "Time of one attempt to tell a provider.",
    ),
    Metric::counter(
        PROVIDER_CALLS,
        "Calls of providers that proved who they are, by provider (its id); those of further providers count as other.",
    ),
];

/// Counts the calls of each provider.
pub(crate) fn provider_calls() -> Callers {
    Callers::new(PROVIDER_CALLS, "provider")
}

/// What somebody watches for is there from the start: a counter that appears with its first event shows no rise.
fn introduce() {
    metrics::counter!(REQUESTED).increment(0);
    count_end(Status::Completed, None, 0);
    count_end(Status::Expired, None, 0);
    for reason in FailureReason::ALL {
        count_end(Status::Failed, Some(*reason), 0);
    }
    for outcome in [Told::Delivered, Told::Failed, Told::Dead] {
        metrics::counter!(CALLBACKS, "outcome" => outcome.as_str()).increment(0);
    }
}

/// A transaction is made, once the unit is committed.
pub(crate) fn requested(tx: &mut Tx) {
    tx.after_commit(|| metrics::counter!(REQUESTED).increment(1));
}

/// A transaction ends, once the unit is committed.
pub(crate) fn ended(tx: &mut Tx, status: Status, reason: Option<FailureReason>) {
    tx.after_commit(move || count_end(status, reason, 1));
}

fn count_end(status: Status, reason: Option<FailureReason>, times: u64) {
    let reason = reason.map_or("", FailureReason::as_str);
    metrics::counter!(ENDED, "state" => status.as_str(), "reason" => reason).increment(times);
}

/// What came of an attempt to tell a provider.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    Delivered,
    Failed,
    Dead,
}

impl Told {
    /// What an attempt came to, as its job was answered.
    pub(crate) const fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Delivered,
            Outcome::Retry { .. } => Self::Failed,
            Outcome::Dead { .. } => Self::Dead,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

/// An attempt to tell a provider ended after `took`.
pub(crate) fn told(outcome: Told, took: Duration) {
    metrics::counter!(CALLBACKS, "outcome" => outcome.as_str()).increment(1);
    metrics::histogram!(CALLBACK_DURATION).record(took);
}

/// The states are counted no more often than this: on a busy day it is a long index to walk.
const COUNT_EVERY: Duration = Duration::from_mins(1);

const DAY: Duration = Duration::from_hours(24);

/// What is looked up where somebody asks.
pub(crate) fn looks(identity: &Identity) -> Vec<ProcessDuty> {
    introduce();
    let identity = identity.clone();
    vec![ProcessDuty {
        name: "identity",
        every: COUNT_EVERY,
        run: Arc::new(move || {
            let identity = identity.clone();
            Box::pin(async move {
                let since = identity.accounts.clock.now().minus(DAY);
                let counts = identity.transactions_since(since).await;
                counts
                    .map(|counts| measure(&counts))
                    .map_err(|error| error.to_string())
            })
        }),
    }]
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rows are far below 2^52"
)]
fn measure(counts: &[(Status, i64)]) {
    for status in Status::ALL {
        let found = counts.iter().find(|(counted, _)| counted == status);
        let count = found.map_or(0, |(_, count)| *count);
        metrics::gauge!(OF_A_DAY, "state" => status.as_str()).set(count as f64);
    }
}

/// Answered by the index `auth_transaction_newest_status` alone.
pub(crate) const COUNTS: &str = "SELECT status, COUNT(*) FROM auth_transaction \
    WHERE created_at > $1 GROUP BY status";

impl Identity {
    /// How many of the transactions asked for after `since` are in which state.
    async fn transactions_since(&self, since: Timestamp) -> Result<Vec<(Status, i64)>, DbError> {
        let count = async move |conn: &mut Conn| conn.all(COUNTS, params![since]).await;
        self.accounts.db.report(count).await
    }
}

#[cfg(test)]
mod tests {
    use hanok_db::{Engine, MigrationSet};

    use super::*;

    fn sets() -> Vec<MigrationSet> {
        let mut sets = hanok_testkit::sets();
        sets.push(crate::migrations());
        sets
    }

    hanok_db::both_engines! {
        sets(&sets());

        async fn the_states_of_a_day_are_counted_in_the_index_alone(db: Db) {
            let engine = db.engine();
            let steps = db.write::<_, DbError, _>(async move |tx| {
                let since = Timestamp::from_seconds(1_795_239_000);
                if engine == Engine::Postgres {
                    for off in ["seqscan", "bitmapscan"] {
                        let sql = format!("SELECT set_config('enable_{off}', 'off', true)");
                        tx.one::<String>(&sql, params![]).await?;
                    }
                    return tx.all::<String>(&format!("EXPLAIN {COUNTS}"), params![since]).await;
                }
                let sql = format!("EXPLAIN QUERY PLAN {COUNTS}");
                let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, params![since]).await?;
                Ok(steps.into_iter().map(|(.., step)| step).collect())
            });
            let steps = steps.await.unwrap();
            let finds = |step: &String| {
                step.contains("auth_transaction_newest_status")
                    && (step.contains("COVERING INDEX") || step.contains("Index Only Scan"))
            };
            assert!(steps.iter().any(finds), "{steps:#?}");
        }
    }
}
