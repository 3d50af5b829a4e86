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

    /// How many messages lie before the end of each topic's partitions that are ours.
    pub(crate) fn lags(&self) -> impl Iterator<Item = (&str, u32)> {
        self.topics.iter().map(|(topic, measured)| {
            let partitions = measured.partitions.values();
            // Below zero: not ours, or not known yet.
            let lag: i64 = partitions.map(|it| it.consumer_lag_stored.max(0)).sum();
            (topic.as_str(), u32::try_from(lag).unwrap_or(u32::MAX))
        })
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
        assert_eq!(read.lags().collect::<Vec<_>>(), [("t", 3)]);
        assert!(!Statistics::read(b"nothing").is_up());
    }
}
