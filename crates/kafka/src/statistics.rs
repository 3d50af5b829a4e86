//! The little that is read of what the client library measures.

use std::collections::HashMap;

use serde::Deserialize;

/// Part of librdkafka's statistics; the rest is passed over unread.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Statistics {
    #[serde(default)]
    brokers: HashMap<String, Broker>,
    #[serde(default)]
    topics: HashMap<String, Measured>,
}

#[derive(Debug, Deserialize)]
struct Broker {
    state: String,
}

#[derive(Debug, Deserialize)]
struct Measured {
    partitions: HashMap<String, Partition>,
}

#[derive(Debug, Deserialize)]
struct Partition {
    consumer_lag_stored: i64,
}

/// What is known of the partitions of a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind {
    /// Messages before the end of those that are known; nothing where none is.
    pub(crate) messages: Option<u32>,
    /// How many partitions are not known: others read them, or nothing was read of them yet.
    pub(crate) unknown: u32,
}

/// What the library calls the partition in which it keeps what has none.
const NO_PARTITION: &str = "-1";

impl Statistics {
    pub(crate) fn read(json: &[u8]) -> Self {
        serde_json::from_slice(json).unwrap_or_else(|error| {
            tracing::debug!(%error, "statistics of the Kafka client cannot be read");
            Self::default()
        })
    }

    /// Whether a broker is connected.
    pub(crate) fn is_up(&self) -> bool {
        self.brokers.values().any(|broker| broker.state == "UP")
    }

    /// How far each topic's partitions that are ours are behind.
    pub(crate) fn lags(&self) -> impl Iterator<Item = (&str, Behind)> {
        let topics = self.topics.iter();
        topics.map(|(topic, measured)| (topic.as_str(), measured.behind()))
    }
}

impl Measured {
    fn behind(&self) -> Behind {
        let partitions = self.partitions.iter();
        let real = partitions.filter(|(id, _)| *id != NO_PARTITION);
        real.fold(Behind::default(), |behind, (_, partition)| {
            behind.and(partition.consumer_lag_stored)
        })
    }
}

impl Behind {
    /// With one more partition, whose lag is below zero where it is not ours or not known yet.
    fn and(self, lag: i64) -> Self {
        if lag < 0 {
            let unknown = self.unknown.saturating_add(1);
            return Self { unknown, ..self };
        }
        let more = u32::try_from(lag).unwrap_or(u32::MAX);
        let messages = self.messages.unwrap_or_default().saturating_add(more);
        Self {
            messages: Some(messages),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_counts_only_what_is_known_of_our_partitions() {
        let json = br#"{"name": "x", "brokers": {"a": {"state": "DOWN", "rtt": {}}, "b": {"state": "UP"}},
            "topics": {"t": {"partitions": {"0": {"consumer_lag_stored": 3}, "1": {"consumer_lag_stored": -1}}}}}"#;
        let read = Statistics::read(json);
        assert!(read.is_up());
        let behind = Behind {
            messages: Some(3),
            unknown: 1,
        };
        assert_eq!(read.lags().collect::<Vec<_>>(), [("t", behind)]);
        assert!(!Statistics::read(b"nothing").is_up());
    }

    #[test]
    fn what_nobody_told_is_not_nothing_and_what_has_no_partition_is_none() {
        let of = |partitions: &str| {
            let json = format!(r#"{{"topics": {{"t": {{"partitions": {{{partitions}}}}}}}}}"#);
            let read = Statistics::read(json.as_bytes());
            let behind = read.lags().next().map(|(_, behind)| behind);
            behind.map(|it| (it.messages, it.unknown))
        };
        let theirs = r#""0": {"consumer_lag_stored": -1}, "1": {"consumer_lag_stored": -1}"#;
        assert_eq!(of(theirs), Some((None, 2)));
        let ours = r#""0": {"consumer_lag_stored": 0}, "-1": {"consumer_lag_stored": -1}"#;
        assert_eq!(of(ours), Some((Some(0), 0)));
    }
}
