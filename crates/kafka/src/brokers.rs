//! Whether the brokers answer, as all clients of this process have it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::metrics;
use crate::statistics::Behind;

/// What is known of the brokers.
#[derive(Debug, Default)]
pub(crate) struct Brokers {
    known: Mutex<Known>,
    /// How far each group of this process is behind on each topic.
    lags: Mutex<BTreeMap<(String, String), Behind>>,
}

/// How far the handlers of this process are behind what lies on the brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// The consumer group.
    pub group: String,
    /// The topic, as the brokers call it.
    pub topic: String,
    /// How many messages are not handled yet, of the partitions that this process reads; nothing where it knows of none.
    pub messages: Option<u32>,
    /// Of how many partitions it knows nothing: others read them, or nothing was read of them yet.
    pub unknown: u32,
}

#[derive(Debug, Default)]
enum Known {
    /// Nobody has asked yet.
    #[default]
    Nothing,
    Up,
    /// And why, for operators.
    Away(String),
}

impl Brokers {
    /// One of them has answered.
    pub(crate) fn answered(&self) {
        let mut known = self.known();
        if let Known::Away(_) = *known {
            tracing::info!("Kafka answers again");
        }
        if !matches!(*known, Known::Up) {
            metrics::up(true);
        }
        *known = Known::Up;
    }

    /// None of them answers.
    pub(crate) fn failed(&self, reason: &str) {
        let mut known = self.known();
        if !matches!(*known, Known::Away(_)) {
            tracing::warn!(reason, "Kafka does not answer; events wait in the outbox");
            metrics::up(false);
        }
        *known = Known::Away(reason.to_owned());
    }

    /// Why none of them answers; fine also before anybody has asked.
    pub(crate) fn check(&self) -> Result<(), String> {
        match &*self.known() {
            Known::Nothing | Known::Up => Ok(()),
            Known::Away(reason) => Err(reason.clone()),
        }
    }

    /// What a client reports.
    pub(crate) fn told(&self, error: &KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) {
            self.failed(reason);
        } else {
            tracing::debug!(%error, reason, "a Kafka client reports");
        }
    }

    /// A group is so far behind on a topic.
    pub(crate) fn behind(&self, group: &str, topic: &str, behind: Behind) {
        let place = (group.to_owned(), topic.to_owned());
        self.behind_by().insert(place, behind);
        // What others read is in their numbers: together they are the whole.
        metrics::lag(group, topic, behind.messages.unwrap_or_default());
    }

    /// How far each group is behind on each topic, by name; nothing before it was heard.
    pub(crate) fn lags(&self) -> Vec<Lag> {
        let told = |((group, topic), behind): (&(String, String), &Behind)| Lag {
            group: group.clone(),
            topic: topic.clone(),
            messages: behind.messages,
            unknown: behind.unknown,
        };
        self.behind_by().iter().map(told).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behind_by(&self) -> MutexGuard<'_, BTreeMap<(String, String), Behind>> {
        self.lags.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The client library repeats itself as long as a broker is away, which [`Brokers`] says once.
pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, text: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
            tracing::error!(facility, "librdkafka: {text}");
        }
        _ => tracing::debug!(facility, "librdkafka: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_alarmed_before_the_first_word_nor_after_the_last_good_one() {
        let brokers = Brokers::default();
        assert_eq!(brokers.check(), Ok(()));
        let down = KafkaError::Global(RDKafkaErrorCode::AllBrokersDown);
        brokers.told(&down, "1/1 brokers are down");
        assert_eq!(brokers.check(), Err("1/1 brokers are down".to_owned()));
        brokers.answered();
        let slow = KafkaError::Global(RDKafkaErrorCode::OperationTimedOut);
        brokers.told(&slow, "slow");
        assert_eq!(brokers.check(), Ok(()));
    }

    #[test]
    fn the_last_word_on_a_group_counts() {
        let brokers = Brokers::default();
        for (group, topic, messages) in [
            ("shop", "t", Some(3)),
            ("house", "t", None),
            ("shop", "t", Some(0)),
        ] {
            let unknown = u32::from(messages.is_none());
            brokers.behind(group, topic, Behind { messages, unknown });
        }
        let lags = brokers.lags();
        let told = lags.iter().map(|it| {
            (
                it.group.as_str(),
                it.topic.as_str(),
                it.messages,
                it.unknown,
            )
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [("house", "t", None, 1), ("shop", "t", Some(0), 0)]
        );
    }
}
