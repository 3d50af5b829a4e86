//! The configuration section `events`.

use std::time::Duration;

use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::backoff::Backoff;

/// How events travel from the outbox to their handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BusKind {
    /// Inside this process.
    #[default]
    Local,
    /// Over Apache Kafka, as section `kafka` says.
    Kafka,
}

/// Section `events`: the relay, the job workers, and how failures are retried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EventsConfig {
    /// How events travel.
    pub bus: BusKind,
    /// Time between two looks at outbox, jobs and schedules when nothing wakes them; milliseconds.
    pub poll_ms: u64,
    /// Most events or jobs taken at once.
    pub batch: u32,
    /// Most jobs under way at once in this process.
    pub workers: u32,
    /// Tries of an event by one handler before it becomes a dead letter; also the number of times a job
    /// may crash or run out of time.
    pub max_attempts: u32,
    /// Middle of the wait before the first retry; seconds.
    pub retry_first_seconds: u64,
    /// Longest wait between two tries; seconds.
    pub retry_max_seconds: u64,
    /// Time after which another process takes over from one that went silent; seconds.
    pub lease_seconds: u64,
    /// How long a handler remembers the events it has handled; days. Sent events stay in the outbox for
    /// a day less, so that none can come again after it was forgotten.
    pub processed_days: u32,
    /// Most dead letters that are kept of messages that are no events; of more the oldest go.
    pub foreign_letters: u32,
}

impl Default for EventsConfig {
    fn default() -> Self {
        Self {
            bus: BusKind::Local,
            poll_ms: 500,
            batch: 100,
            workers: 64,
            max_attempts: 10,
            retry_first_seconds: 1,
            retry_max_seconds: 60,
            lease_seconds: 12,
            processed_days: 8,
            foreign_letters: 1_000,
        }
    }
}

impl Validate for EventsConfig {
    fn validate(&self) -> Vec<Problem> {
        let ranges = [
            ("poll_ms", self.poll_ms, 10, 60_000),
            ("batch", u64::from(self.batch), 1, 1_000),
            ("workers", u64::from(self.workers), 1, 1_000),
            ("max_attempts", u64::from(self.max_attempts), 1, 100),
            ("retry_first_seconds", self.retry_first_seconds, 1, 3_600),
            (
                "retry_max_seconds",
                self.retry_max_seconds,
                self.retry_first_seconds,
                86_400,
            ),
            ("lease_seconds", self.lease_seconds, 3, 600),
            ("processed_days", u64::from(self.processed_days), 2, 365),
            (
                "foreign_letters",
                u64::from(self.foreign_letters),
                1,
                100_000,
            ),
        ];
        let outside = ranges
            .iter()
            .filter(|(_, value, low, high)| !(low..=high).contains(&value));
        outside
            .map(|(key, value, low, high)| {
                Problem::new(
                    key,
                    format!("expected a number from {low} to {high}, not {value}"),
                )
            })
            .collect()
    }
}

impl EventsConfig {
    pub(crate) const fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    pub(crate) const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    pub(crate) const fn backoff(&self) -> Backoff {
        Backoff {
            first: Duration::from_secs(self.retry_first_seconds),
            max: Duration::from_secs(self.retry_max_seconds),
        }
    }

    pub(crate) fn processed(&self) -> Duration {
        days(self.processed_days)
    }

    /// An event that was sent longer ago than this may be forgotten: rows go every hour.
    pub(crate) fn remembered(&self) -> Duration {
        self.processed().saturating_sub(Duration::from_hours(1))
    }

    /// Sent rows are kept a day less than the memory of having handled them.
    pub(crate) fn outbox(&self) -> Duration {
        days(self.processed_days.saturating_sub(1))
    }
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_every_fault_is_named() {
        assert_eq!(EventsConfig::default().validate(), Vec::new());
        let wrong =
            r#"{"poll_ms": 1, "workers": 0, "retry_first_seconds": 90, "processed_days": 1}"#;
        let problems = serde_json::from_str::<EventsConfig>(wrong)
            .unwrap()
            .validate();
        let keys: Vec<&str> = problems
            .iter()
            .map(|problem| problem.key.as_str())
            .collect();
        assert_eq!(
            keys,
            ["poll_ms", "workers", "retry_max_seconds", "processed_days"]
        );
    }

    #[test]
    fn an_unknown_key_or_bus_is_refused() {
        assert!(serde_json::from_str::<EventsConfig>(r#"{"pol_ms": 1}"#).is_err());
        assert!(serde_json::from_str::<EventsConfig>(r#"{"bus": "pigeon"}"#).is_err());
    }
}
