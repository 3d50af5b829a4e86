//! The sending end: a producer that is replaced when it breaks for good.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hanok_events::{KafkaConfig, Received};
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryFuture, FutureProducer, Producer as _, PurgeConfig};
use tokio::time::{Instant, sleep};

use crate::brokers::{self, Brokers};
use crate::message::record;
use crate::metrics;
use crate::settings;
use crate::statistics::Statistics;
use crate::threads::drop_aside;

/// Sends events and tells what became of each.
pub(crate) struct Producer {
    brokers: Arc<Brokers>,
    live: Mutex<Option<Arc<Live>>>,
    closing: AtomicBool,
}

impl Producer {
    pub(crate) fn new(brokers: Arc<Brokers>) -> Self {
        Self {
            brokers,
            live: Mutex::default(),
            closing: AtomicBool::new(false),
        }
    }

    /// Sends a batch without awaiting one by one, and answers in its order.
    pub(crate) async fn send(
        &self,
        config: &KafkaConfig,
        batch: &[Arc<Received>],
    ) -> Vec<Result<(), String>> {
        let live = match self.live(config) {
            Ok(live) => live,
            Err(error) => return vec![Err(error); batch.len()],
        };
        let mut full = None;
        let on_the_way: Vec<_> = batch
            .iter()
            .map(|event| live.enqueue(config, event, &mut full))
            .collect();
        let mut results = Vec::with_capacity(batch.len());
        for delivery in on_the_way {
            results.push(match delivery {
                Ok(delivery) => live.outcome(delivery).await,
                Err(error) => Err(error),
            });
        }
        if results.iter().any(Result::is_ok) {
            self.brokers.answered();
        }
        metrics::not_sent(results.iter().filter(|result| result.is_err()).count());
        results
    }

    /// What is on its way gets `grace` to arrive; then it fails, and whatever is sent after that.
    pub(crate) async fn close(&self, grace: Duration) {
        self.closing.store(true, Ordering::SeqCst);
        let live = self.slot().clone();
        let Some(Some(producer)) = live.as_ref().map(|live| live.producer.as_ref()) else {
            return;
        };
        let until = Instant::now() + grace;
        while producer.in_flight_count() > 0 {
            if Instant::now() >= until {
                producer.purge(PurgeConfig::default().queue().inflight());
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The producer; a new one where there is none or the last one is broken.
    fn live(&self, config: &KafkaConfig) -> Result<Arc<Live>, String> {
        if self.closing.load(Ordering::SeqCst) {
            return Err("the program ends".to_owned());
        }
        let mut slot = self.slot();
        if let Some(live) = slot.as_ref().filter(|live| !live.is_broken()) {
            return Ok(Arc::clone(live));
        }
        let fresh = Live::new(config, &self.brokers);
        let fresh = Arc::new(fresh.map_err(|error| format!("no producer: {error}"))?);
        *slot = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Arc<Live>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One producer of the library, until it breaks for good.
struct Live {
    producer: Option<FutureProducer<Listener>>,
    broken: Arc<AtomicBool>,
}

impl Live {
    fn new(config: &KafkaConfig, brokers: &Arc<Brokers>) -> KafkaResult<Self> {
        let broken = Arc::new(AtomicBool::new(false));
        let listener = Listener {
            brokers: Arc::clone(brokers),
            broken: Arc::clone(&broken),
        };
        let producer = settings::producer(config).create_with_context(listener)?;
        Ok(Self {
            producer: Some(producer),
            broken,
        })
    }

    fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst)
    }

    /// Nothing goes behind an event that found no place: it would overtake it.
    fn enqueue(
        &self,
        config: &KafkaConfig,
        event: &Received,
        full: &mut Option<String>,
    ) -> Result<DeliveryFuture, String> {
        if let Some(reason) = full {
            return Err(reason.clone());
        }
        let producer = self.producer.as_ref().ok_or_else(|| GONE.to_owned())?;
        let message = record(event, config.topic_name(event.topic));
        producer.send_result(message).map_err(|(error, _)| {
            let reason = self.noted(&error);
            *full = Some(reason.clone());
            reason
        })
    }

    async fn outcome(&self, delivery: DeliveryFuture) -> Result<(), String> {
        match delivery.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err((error, _))) => Err(self.noted(&error)),
            Err(_) => Err(GONE.to_owned()),
        }
    }

    fn noted(&self, error: &KafkaError) -> String {
        if is_fatal(error) {
            self.broken.store(true, Ordering::SeqCst);
        }
        error.to_string()
    }
}

const GONE: &str = "the producer is gone";

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(producer) = self.producer.take() {
            drop_aside(producer);
        }
    }
}

fn is_fatal(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal)
}

/// Hears what the library says beside the answers.
struct Listener {
    brokers: Arc<Brokers>,
    broken: Arc<AtomicBool>,
}

impl ClientContext for Listener {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        brokers::log(level, facility, text);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        if Statistics::read(statistics).is_up() {
            self.brokers.answered();
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if is_fatal(&error) {
            tracing::error!(reason, "the Kafka producer broke and is replaced");
            self.broken.store(true, Ordering::SeqCst);
        }
        self.brokers.told(&error, reason);
    }
}
