//! A consumer of the client library.

use std::sync::Arc;

use hanok_events::KafkaConfig;
use hanok_events::Topic;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::BorrowedMessage;
use rdkafka::topic_partition_list::TopicPartitionList;

use super::lanes::{Lanes, Place};
use crate::brokers::{self, Brokers};
use crate::settings;
use crate::statistics::Statistics;
use crate::threads::{drop_aside, in_thread};

/// A consumer that takes part in its group. Dropping it leaves the group, in another thread.
pub(super) struct Reader(Option<StreamConsumer<Listener>>);

const GONE: &str = "the consumer is gone";

impl Reader {
    pub(super) fn open(
        config: &KafkaConfig,
        group: &str,
        brokers: &Arc<Brokers>,
        lanes: &Arc<Lanes>,
    ) -> Result<Self, String> {
        let listener = Listener {
            group: group.to_owned(),
            brokers: Arc::clone(brokers),
            lanes: Arc::clone(lanes),
        };
        let settings = settings::consumer(config, group);
        let opened: KafkaResult<StreamConsumer<_>> = settings.create_with_context(listener);
        let reader = Self(Some(told(opened)?));
        let topics: Vec<&str> = Topic::ALL
            .iter()
            .map(|topic| config.topic_name(*topic))
            .collect();
        told(reader.consumer()?.subscribe(&topics))?;
        Ok(reader)
    }

    pub(super) async fn next(&self) -> KafkaResult<BorrowedMessage<'_>> {
        match &self.0 {
            Some(consumer) => consumer.recv().await,
            None => Err(KafkaError::Canceled),
        }
    }

    /// Everything up to this message is done.
    pub(super) fn store(&self, place: &Place, offset: i64) {
        let stored = self.consumer().and_then(|consumer| {
            told(consumer.store_offset(&place.topic, place.partition, offset))
        });
        if let Err(error) = stored {
            // The partition went to another process, which does it once more to no effect.
            tracing::debug!(?place, offset, error, "an offset was not stored");
        }
    }

    pub(super) fn pause(&self, place: &Place) -> Result<(), String> {
        told(self.consumer()?.pause(&only(place)))
    }

    pub(super) fn resume(&self, place: &Place) -> Result<(), String> {
        told(self.consumer()?.resume(&only(place)))
    }

    /// Commits what was stored and leaves the group.
    pub(super) async fn close(mut self) {
        if let Some(consumer) = self.0.take() {
            let closed = in_thread("kafka-close", move || drop(consumer)).await;
            if let Err(error) = closed {
                tracing::debug!(error, "a consumer was not closed");
            }
        }
    }

    fn consumer(&self) -> Result<&StreamConsumer<Listener>, String> {
        self.0.as_ref().ok_or_else(|| GONE.to_owned())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(consumer) = self.0.take() {
            drop_aside(consumer);
        }
    }
}

fn told<T>(result: KafkaResult<T>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn only(place: &Place) -> TopicPartitionList {
    let mut list = TopicPartitionList::with_capacity(1);
    list.add_partition(&place.topic, place.partition);
    list
}

/// Hears what the library says beside the messages.
pub(super) struct Listener {
    group: String,
    brokers: Arc<Brokers>,
    lanes: Arc<Lanes>,
}

impl ClientContext for Listener {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        brokers::log(level, facility, text);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        let statistics = Statistics::read(statistics);
        for (topic, behind) in statistics.lags() {
            self.brokers.behind(&self.group, topic, behind);
        }
        if statistics.is_up() {
            self.brokers.answered();
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.brokers.told(&error, reason);
    }
}

impl ConsumerContext for Listener {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) => {
                tracing::debug!(group = self.group, ?partitions, "partitions came");
            }
            Rebalance::Revoke(partitions) => {
                tracing::debug!(group = self.group, ?partitions, "partitions went");
                for gone in partitions.elements() {
                    self.lanes.cut(&Place {
                        topic: gone.topic().to_owned(),
                        partition: gone.partition(),
                    });
                }
            }
            Rebalance::Error(error) => {
                tracing::warn!(group = self.group, %error, "the group cannot share its partitions");
                self.lanes.cut_all();
            }
        }
    }

    /// A partition that went while it was paused would come back paused, and its new lane knows nothing of
    /// that.
    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(partitions) = rebalance
            && let Err(error) = consumer.resume(partitions)
        {
            tracing::warn!(group = self.group, %error, "partitions that came may stand still");
        }
    }
}
