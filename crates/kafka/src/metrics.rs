//! What this crate measures.

use hanok_base::metric::Metric;

const UP: &str = "hanok_kafka_up";
const PRODUCE_ERRORS: &str = "hanok_kafka_produce_errors_total";
const CONSUMER_LAG: &str = "hanok_kafka_consumer_lag";
const MALFORMED: &str = "hanok_kafka_malformed_messages_total";

/// The metrics of this crate.
pub const METRICS: &[Metric] = &[
    Metric::gauge(
        UP,
        "1 while Kafka answers this process, 0 while it does not.",
    ),
    Metric::counter(
        PRODUCE_ERRORS,
        "Events that Kafka did not take over from this process; they are sent again.",
    ),
    Metric::gauge(
        CONSUMER_LAG,
        "Messages that lie before the end of this process's partitions and are not handled yet, by consumer group and topic.",
    ),
    Metric::counter(
        MALFORMED,
        "Messages that were no events, by consumer group; each became a dead letter.",
    ),
];

pub(crate) fn up(is_up: bool) {
    metrics::gauge!(UP).set(if is_up { 1.0 } else { 0.0 });
}

pub(crate) fn not_sent(count: usize) {
    if count > 0 {
        metrics::counter!(PRODUCE_ERRORS).increment(count.try_into().unwrap_or(u64::MAX));
    }
}

pub(crate) fn lag(group: &str, topic: &str, messages: u32) {
    metrics::gauge!(CONSUMER_LAG, "group" => group.to_owned(), "topic" => topic.to_owned())
        .set(f64::from(messages));
}

pub(crate) fn malformed(group: &str) {
    metrics::counter!(MALFORMED, "group" => group.to_owned()).increment(1);
}
