//! The receiving end: one consumer group of one app, as far as this process takes part in it.

mod lanes;
mod reader;

use std::sync::Arc;
use std::time::Duration;

use hanok_events::{Inbox, Stop};
use rdkafka::Message;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

use self::lanes::{Item, Lanes, Place};
use self::reader::Reader;
use crate::bus::KafkaBus;
use crate::message;
use crate::metrics;

/// After so many messages without a wait others get their turn.
const TURN: u32 = 32;

/// How long leaving the group may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// A consumer group that is to be run.
pub(crate) struct Group {
    bus: Arc<KafkaBus>,
    inbox: Inbox,
    name: String,
}

impl Group {
    pub(crate) fn new(bus: Arc<KafkaBus>, inbox: Inbox) -> Self {
        let name = bus.config().group(inbox.app());
        Self { bus, inbox, name }
    }

    /// Reads until told to stop; whatever breaks is begun anew.
    pub(crate) async fn run(self, mut stop: Stop) {
        let mut failures = 0_u32;
        while !stop.is_now() {
            let Err(reason) = self.read(&mut stop).await else {
                return;
            };
            failures = failures.saturating_add(1);
            tracing::debug!(group = self.name, reason, "the consumer begins anew");
            tokio::select! {
                () = stop.comes() => {}
                () = sleep(self.inbox.pause(failures)) => {}
            }
        }
    }

    async fn read(&self, stop: &mut Stop) -> Result<(), String> {
        self.bus.topics().await?;
        let lanes = Arc::<Lanes>::default();
        let reader = Reader::open(self.bus.config(), &self.name, self.bus.brokers(), &lanes)?;
        let (drained, mut ready) = unbounded_channel();
        let mut reading = Reading {
            group: self,
            reader: Arc::new(reader),
            lanes,
            drained,
            workers: JoinSet::new(),
        };
        let ended = reading.until(stop, &mut ready).await;
        reading.leave(stop).await;
        ended
    }
}

/// A consumer at work.
struct Reading<'a> {
    group: &'a Group,
    reader: Arc<Reader>,
    lanes: Arc<Lanes>,
    drained: tokio::sync::mpsc::UnboundedSender<Place>,
    workers: JoinSet<()>,
}

impl Reading<'_> {
    /// Takes messages as they come and hands each to the lane of its partition.
    async fn until(
        &mut self,
        stop: &mut Stop,
        ready: &mut UnboundedReceiver<Place>,
    ) -> Result<(), String> {
        let reader = Arc::clone(&self.reader);
        let mut taken = 0_u32;
        loop {
            tokio::select! {
                biased;
                () = stop.comes() => return Ok(()),
                Some(place) = ready.recv() => self.resume(&place)?,
                message = reader.next() => match message {
                    Ok(message) => self.hand_on(&message)?,
                    Err(error) => self.survive(&error)?,
                },
            }
            taken = taken.wrapping_add(1);
            if taken.is_multiple_of(TURN) {
                yield_now().await;
            }
        }
    }

    fn hand_on(&mut self, message: &BorrowedMessage<'_>) -> Result<(), String> {
        let Some(topic) = self.group.bus.config().topic_named(message.topic()) else {
            return Ok(());
        };
        let item = Item {
            offset: message.offset(),
            sent_at: message::sent_at(message),
            content: message::read(message, topic).map(Arc::new),
        };
        if item.content.is_err() {
            metrics::malformed(&self.group.name);
        }
        let place = Place {
            topic: message.topic().to_owned(),
            partition: message.partition(),
        };
        while self.workers.try_join_next().is_some() {}
        if let Some(lane) = self.lanes.push(&place, item) {
            let (inbox, reader) = (self.group.inbox.clone(), Arc::clone(&self.reader));
            let drained = self.drained.clone();
            self.workers.spawn(lane.work(inbox, reader, drained));
        }
        if self.lanes.is_to_pause(&place) {
            self.reader.pause(&place)?;
        }
        Ok(())
    }

    fn resume(&self, place: &Place) -> Result<(), String> {
        if self.lanes.is_to_resume(place) {
            self.reader.resume(place)?;
        }
        Ok(())
    }

    /// Most of what a consumer reports passes by itself.
    fn survive(&self, error: &KafkaError) -> Result<(), String> {
        match error {
            KafkaError::MessageConsumptionFatal(code) => Err(format!("fatal: {code}")),
            other if other.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal) => {
                Err(other.to_string())
            }
            other => {
                tracing::warn!(group = self.group.name, error = %other, "the consumer reports");
                Ok(())
            }
        }
    }

    /// Lets each lane finish the message it is at, stores how far it came, and leaves the group.
    async fn leave(mut self, stop: &Stop) {
        self.lanes.cut_all();
        let grace = stop.grace().max(FAREWELL);
        let all = async { while self.workers.join_next().await.is_some() {} };
        if timeout(grace, all).await.is_err() {
            self.workers.shutdown().await;
        }
        drop(self.lanes);
        if let Some(reader) = Arc::into_inner(self.reader)
            && timeout(FAREWELL, reader.close()).await.is_err()
        {
            tracing::debug!(
                group = self.group.name,
                "the group does not answer the farewell"
            );
        }
    }
}
