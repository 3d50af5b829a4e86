//! A probe: one message there and back.

use std::time::Duration;

use hanok_base::Random;
use hanok_events::KafkaConfig;
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::time::Instant;

use crate::settings;
use crate::threads::in_thread;
use crate::topics::{Wanted, ensure};

/// How long each half may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeReport {
    /// The topic it went over.
    pub topic: String,
    /// Brokers of the cluster.
    pub brokers: usize,
    /// From sending until all in-sync replicas had it.
    pub produced_in: Duration,
    /// From there until a new consumer had read it.
    pub consumed_in: Duration,
}

/// Where a probe ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeFault {
    /// No address is set.
    #[error("kafka.bootstrap_servers is not set")]
    NoAddress,
    /// No broker answers, or the topic of probes cannot be made.
    #[error("the brokers cannot be asked: {0}")]
    Unreachable(String),
    /// The message was not taken.
    #[error("a message was not taken over: {0}")]
    NotProduced(String),
    /// The message did not come back.
    #[error("a message was sent but could not be read: {0}")]
    NotConsumed(String),
}

/// Sends one message over the topic of probes and reads it.
///
/// # Errors
/// Where it ended and why.
pub async fn probe(config: &KafkaConfig) -> Result<ProbeReport, ProbeFault> {
    if config.bootstrap_servers.is_empty() {
        return Err(ProbeFault::NoAddress);
    }
    let topic = Wanted {
        name: config.probe_topic.clone(),
        partitions: 1,
        retention: Duration::from_hours(1),
    };
    let there = ensure(config.clone(), vec![topic]).await;
    there.map_err(ProbeFault::Unreachable)?;
    let began = Instant::now();
    let words = Random::system().token();
    let sent = produce(config, &words).await;
    let (partition, offset) = sent.map_err(ProbeFault::NotProduced)?;
    let produced_in = began.elapsed();
    let (asked, began) = (config.clone(), Instant::now());
    let read = in_thread("kafka-probe", move || {
        consume(&asked, partition, offset, &words)
    });
    let read = read.await.and_then(|read| read);
    let brokers = read.map_err(ProbeFault::NotConsumed)?;
    Ok(ProbeReport {
        topic: config.probe_topic.clone(),
        brokers,
        produced_in,
        consumed_in: began.elapsed(),
    })
}

async fn produce(config: &KafkaConfig, words: &str) -> Result<(i32, i64), String> {
    let mut settings = settings::producer(config);
    settings.set("message.timeout.ms", PATIENCE.as_millis().to_string());
    settings.set("statistics.interval.ms", "0");
    let told = |error: KafkaError| error.to_string();
    let producer: FutureProducer = settings.create().map_err(told)?;
    let record = FutureRecord::to(&config.probe_topic)
        .key("probe")
        .payload(words);
    let sent = producer.send(record, Duration::ZERO).await;
    crate::threads::drop_aside(producer);
    let delivery = sent.map_err(|(error, _)| told(error))?;
    Ok((delivery.partition, delivery.offset))
}

/// Reads the message at its place. Returns how many brokers there are.
fn consume(
    config: &KafkaConfig,
    partition: i32,
    offset: i64,
    words: &str,
) -> Result<usize, String> {
    let told = |error: KafkaError| error.to_string();
    let mut settings = settings::client(config);
    settings.set("group.id", config.group("probe"));
    settings.set("enable.auto.commit", "false");
    let consumer: BaseConsumer = settings.create().map_err(told)?;
    let mut places = TopicPartitionList::new();
    let place = places.add_partition_offset(&config.probe_topic, partition, Offset::Offset(offset));
    place
        .and_then(|()| consumer.assign(&places))
        .map_err(told)?;
    let message = match consumer.poll(PATIENCE) {
        Some(message) => message.map_err(told)?,
        None => return Err("nothing came".to_owned()),
    };
    if message.payload() != Some(words.as_bytes()) {
        return Err("another message came".to_owned());
    }
    let known = consumer.fetch_metadata(Some(&config.probe_topic), PATIENCE);
    Ok(known.map_err(told)?.brokers().len())
}
