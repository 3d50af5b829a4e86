//! The bus, put together.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use hanok_events::{Bus, Inbox, KafkaConfig, Received, RemoteBus, Stop};

use crate::brokers::{Brokers, Lag};
use crate::consumer::Group;
use crate::producer::Producer;
use crate::topics::Topics;

/// What is on its way when the program ends gets this long.
const LAST_SENDS: Duration = Duration::from_secs(3);

/// The bus over Apache Kafka. It connects when it is first used, and makes the topics that are missing.
pub struct KafkaBus {
    config: KafkaConfig,
    brokers: Arc<Brokers>,
    topics: Topics,
    producer: Producer,
}

impl fmt::Debug for KafkaBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KafkaBus({})", self.config.bootstrap_servers)
    }
}

impl KafkaBus {
    /// A bus that has done nothing yet.
    pub fn new(config: KafkaConfig) -> Self {
        let brokers = Arc::<Brokers>::default();
        Self {
            config,
            topics: Topics::default(),
            producer: Producer::new(Arc::clone(&brokers)),
            brokers,
        }
    }

    /// Whether the brokers answer, as far as is known without asking.
    ///
    /// # Errors
    /// Why not, for operators.
    pub fn health(&self) -> Result<(), String> {
        self.brokers.check()
    }

    /// How far each consumer group is behind on each topic, as far as this process reads; the brokers say it anew every
    /// few seconds.
    pub fn lags(&self) -> Vec<Lag> {
        self.brokers.lags()
    }

    pub(crate) const fn config(&self) -> &KafkaConfig {
        &self.config
    }

    pub(crate) const fn brokers(&self) -> &Arc<Brokers> {
        &self.brokers
    }

    /// Sees to it that the topics are there.
    pub(crate) async fn topics(&self) -> Result<(), String> {
        let ensured = self.topics.ensure(&self.config).await;
        if let Err(reason) = &ensured {
            self.brokers.failed(reason);
        }
        ensured
    }
}

impl Bus for KafkaBus {
    fn send<'a>(&'a self, batch: &'a [Arc<Received>]) -> BoxFuture<'a, Vec<Result<(), String>>> {
        Box::pin(async move {
            // Brokers may make a topic of one partition for whoever sends to it first.
            if let Err(reason) = self.topics().await {
                crate::metrics::not_sent(batch.len());
                return vec![Err(reason); batch.len()];
            }
            self.producer.send(&self.config, batch).await
        })
    }
}

impl RemoteBus for KafkaBus {
    fn in_flight(&self) -> u32 {
        self.config.in_flight
    }

    fn consume(self: Arc<Self>, inboxes: Vec<Inbox>, mut stop: Stop) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let groups = inboxes
                .into_iter()
                .map(|inbox| Group::new(Arc::clone(&self), inbox).run(stop.clone()));
            let groups = join_all(groups);
            let last_sends = async {
                stop.comes().await;
                self.producer.close(LAST_SENDS.min(stop.grace())).await;
            };
            tokio::join!(groups, last_sends);
        })
    }
}
