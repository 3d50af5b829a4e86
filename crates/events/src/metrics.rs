//! What the events floor measures: how far behind it is, and what failed.

use std::time::Duration;

use hanok_base::metric::Metric;
use hanok_db::DbError;

use crate::engine::{Engine, Health};
use crate::event::Topic;
use crate::jobs::store::End;

const UNSENT: &str = "hanok_outbox_unsent_events";
const LAG: &str = "hanok_outbox_lag_seconds";
const SENT: &str = "hanok_outbox_sent_events_total";
const SEND_FAILURES: &str = "hanok_outbox_send_failures_total";
const RETRIES: &str = "hanok_event_retries_waiting";
const HANDLER_FAILURES: &str = "hanok_event_handler_failures_total";
const TOO_OLD: &str = "hanok_events_too_old_total";
const FOREIGN_DROPPED: &str = "hanok_foreign_letters_dropped_total";
const DEAD_LETTERS: &str = "hanok_dead_letters";
const JOBS: &str = "hanok_jobs_waiting";
const JOB_ATTEMPTS: &str = "hanok_job_attempts_total";
const JOB_DURATION: &str = "hanok_job_duration_seconds";
const SCHEDULE_RUNS: &str = "hanok_schedule_runs_total";

/// The metrics of this crate. Those that are looked up in the store are the same in every process.
pub const METRICS: &[Metric] = &[
    Metric::gauge(
        UNSENT,
        "Events in the outbox that the bus has not taken over yet, by topic; of the whole store.",
    ),
    Metric::gauge(
        LAG,
        "Age of the oldest event that the bus has not taken over yet; of the whole store.",
    ),
    Metric::counter(SENT, "Events that the bus took over from this process."),
    Metric::counter(
        SEND_FAILURES,
        "Events that the bus did not take over from this process; they are sent again.",
    ),
    Metric::gauge(
        RETRIES,
        "Events set aside for one handler, because it failed or they are behind one that did; of the whole store.",
    ),
    Metric::counter(
        HANDLER_FAILURES,
        "Events that a handler failed at, by handler and by whether it is tried again or became a dead letter.",
    ),
    Metric::counter(
        TOO_OLD,
        "Events that came over the brokers so long after they were sent that whether they were handled may be forgotten, by app; they became dead letters.",
    ),
    Metric::counter(
        FOREIGN_DROPPED,
        "Messages that are no events that went from the dead letters because more came than events.foreign_letters.",
    ),
    Metric::gauge(
        DEAD_LETTERS,
        "Events and jobs that were given up and wait for a person; of the whole store.",
    ),
    Metric::gauge(
        JOBS,
        "Jobs that are due or under way, and those that are due later; of the whole store.",
    ),
    Metric::counter(
        JOB_ATTEMPTS,
        "Attempts at jobs in this process that ended, by kind and outcome.",
    ),
    Metric::histogram(
        JOB_DURATION,
        &[0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0],
        "Time of one attempt at a job, by kind.",
    ),
    Metric::counter(
        SCHEDULE_RUNS,
        "Runs of what is done again and again, in this process, by name and outcome.",
    ),
];

impl Engine {
    /// Notes how far behind the engine is, for who watches it.
    ///
    /// # Errors
    /// The store's.
    pub async fn measure(&self) -> Result<(), DbError> {
        note(&self.health().await?);
        Ok(())
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rows are far below 2^52"
)]
fn note(health: &Health) {
    let backlog = &health.backlog;
    for topic in Topic::ALL {
        let mut waiting = backlog.outbox.iter().filter(|it| it.topic == *topic);
        let count = waiting.next().map_or(0, |it| it.waiting);
        metrics::gauge!(UNSENT, "topic" => topic.as_str()).set(count as f64);
    }
    metrics::gauge!(LAG).set(health.lag_seconds as f64);
    metrics::gauge!(RETRIES).set(backlog.retries as f64);
    metrics::gauge!(DEAD_LETTERS).set(backlog.dead_letters as f64);
    metrics::gauge!(JOBS, "due" => "now").set(backlog.jobs_due as f64);
    metrics::gauge!(JOBS, "due" => "later").set(backlog.jobs_later as f64);
}

/// So many events were taken over by the bus, so many were not.
pub(crate) fn relayed(sent: usize, failed: usize) {
    metrics::counter!(SENT).increment(u64::try_from(sent).unwrap_or(u64::MAX));
    metrics::counter!(SEND_FAILURES).increment(u64::try_from(failed).unwrap_or(u64::MAX));
}

/// A handler failed at an event; for good where `last`.
pub(crate) fn handler_failed(consumer: &str, last: bool) {
    let then = if last { "dead_letter" } else { "retry" };
    metrics::counter!(HANDLER_FAILURES, "handler" => consumer.to_owned(), "then" => then)
        .increment(1);
}

/// So many messages that are no events are kept no longer.
pub(crate) fn foreign_dropped(count: u64) {
    metrics::counter!(FOREIGN_DROPPED).increment(count);
}

/// An event came so late that it may have been handled and forgotten.
pub(crate) fn too_old(app: &'static str) {
    metrics::counter!(TOO_OLD, "app" => app).increment(1);
}

/// An attempt at a job ended.
pub(crate) fn job_ended(kind: &str, end: &End, took: Duration) {
    let outcome = match end {
        End::Done => "done",
        End::Again { fault: false, .. } => "again",
        End::Again { fault: true, .. } => "fault",
        End::Dead { .. } => "dead",
        End::GivenBack => "given_back",
    };
    metrics::counter!(JOB_ATTEMPTS, "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
    metrics::histogram!(JOB_DURATION, "kind" => kind.to_owned()).record(took);
}

/// A schedule ran in this process.
pub(crate) fn schedule_ran(name: &'static str, is_ok: bool) {
    let outcome = if is_ok { "done" } else { "failed" };
    metrics::counter!(SCHEDULE_RUNS, "schedule" => name, "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use hanok_base::Timestamp;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::backlog::{Backlog, TopicBacklog};

    #[test]
    fn a_topic_in_which_nothing_waits_any_more_falls_to_zero() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let waiting = |topic, waiting| TopicBacklog {
            topic,
            waiting,
            oldest_at: Timestamp::from_seconds(0),
        };
        let health = |outbox, lag_seconds| Health {
            lag_seconds,
            backlog: Backlog {
                outbox,
                retries: 3,
                jobs_due: 4,
                jobs_later: 5,
                dead_letters: 6,
            },
        };
        metrics::with_local_recorder(&recorder, || {
            note(&health(vec![waiting(Topic::Notifications, 2)], 7));
            let told = handle.render();
            for line in [
                "hanok_outbox_unsent_events{topic=\"notifications\"} 2",
                "hanok_outbox_unsent_events{topic=\"domain_events\"} 0",
                "hanok_outbox_lag_seconds 7",
                "hanok_event_retries_waiting 3",
                "hanok_jobs_waiting{due=\"now\"} 4",
                "hanok_jobs_waiting{due=\"later\"} 5",
                "hanok_dead_letters 6",
            ] {
                assert!(told.contains(&format!("{line}\n")), "{line}: {told}");
            }
            note(&health(Vec::new(), 0));
        });
        let told = handle.render();
        assert!(told.contains("hanok_outbox_unsent_events{topic=\"notifications\"} 0\n"));
        assert!(told.contains("hanok_outbox_lag_seconds 0\n"));
    }
}
