//! A bus outside this process: what is asked of it, and to whom it hands what comes.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use uuid::Uuid;

use crate::bus::Bus;
use crate::consume::Consumers;
use crate::dead_letter::{self, Burial};
use crate::event::{HandlerError, Received, Topic};
use crate::metrics;
use crate::stop::Stop;

/// How events travel from the outbox to their handlers.
#[derive(Clone)]
pub enum BusChoice {
    /// Straight to the handlers of the process that relays.
    Local,
    /// Over brokers: any process may handle them.
    Remote(Arc<dyn RemoteBus>),
}

impl fmt::Debug for BusChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "Local",
            Self::Remote(_) => "Remote",
        })
    }
}

/// A bus over brokers. [`Bus::send`] is its one end, this the other.
pub trait RemoteBus: Bus {
    /// Most events that are sent without waiting for the first to be taken over.
    fn in_flight(&self) -> u32;

    /// Hands each message to every inbox, those of one key in order, until `stop` comes; then it finishes
    /// what is under way, within the grace, and leaves. A message counts as read by an inbox only once
    /// that inbox has taken it.
    fn consume(self: Arc<Self>, inboxes: Vec<Inbox>, stop: Stop) -> BoxFuture<'static, ()>;
}

/// The handlers of one app: one consumer group, whichever process does the work. Cloning shares them.
#[derive(Clone)]
pub struct Inbox {
    app: &'static str,
    consumers: Arc<Consumers>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inbox({})", self.app)
    }
}

impl Inbox {
    pub(crate) const fn new(app: &'static str, consumers: Arc<Consumers>) -> Self {
        Self { app, consumers }
    }

    /// The app's name.
    pub const fn app(&self) -> &'static str {
        self.app
    }

    /// Gives an event to every handler of the app that wants it: afterwards each has handled it, or it is
    /// set aside for those that have not. It may come twice. `sent_at` is when it was sent over the brokers: one
    /// that lay there so long that the memory of having handled it may be gone (`events.processed_days` less an
    /// hour) becomes a dead letter, for a person to say. How long it waited to be sent does not count.
    ///
    /// # Errors
    /// The store gave up; the event must come again before any later one of its key, or be
    /// [given up](Self::give_up).
    pub async fn take(&self, event: &Arc<Received>, sent_at: Timestamp) -> Result<(), DbError> {
        if !self.consumers.may_be_forgotten(sent_at) {
            return self.consumers.deliver(event).await;
        }
        metrics::too_old(self.app);
        let why = format!(
            "it was sent at {}: whether it was handled may be forgotten, and a replay handles it",
            sent_at.to_rfc3339()
        );
        let reason = HandlerError::Failed(why);
        self.consumers.give_up(event, 0, &reason).await
    }

    /// Makes an event that the store refuses for good a dead letter of each handler of the app that wants
    /// it and has not handled it.
    ///
    /// # Errors
    /// The store refuses this, too; the event must come again.
    pub async fn give_up(
        &self,
        event: &Arc<Received>,
        tries: u32,
        refusal: DbError,
    ) -> Result<(), DbError> {
        let refusal = HandlerError::Db(refusal);
        self.consumers.give_up(event, tries, &refusal).await
    }

    /// Keeps a message that is no event of ours as a dead letter, once for all inboxes. Of more than
    /// `events.foreign_letters` the oldest go.
    ///
    /// # Errors
    /// The store gave up; the message must come again.
    pub async fn bury(&self, message: &Foreign) -> Result<(), DbError> {
        let Consumers { clock, random, .. } = &*self.consumers;
        let (clock, random, message) = (clock.clone(), random.clone(), message.clone());
        let (place, error) = (message.place.as_str(), message.error.as_str());
        tracing::error!(
            place,
            error,
            "a message is no event and becomes a dead letter"
        );
        let most = self.consumers.foreign_letters;
        let unit = async move |tx: &mut Tx| {
            let burial = Burial::of_foreign(&message);
            dead_letter::bury(tx, &burial, clock.now(), &clock, &random).await?;
            dead_letter::keep_foreign(tx, most).await
        };
        let dropped = self.consumers.db.write::<_, DbError, _>(unit).await?;
        if dropped > 0 {
            metrics::foreign_dropped(dropped);
            if !self
                .consumers
                .told_of_overflow
                .swap(true, Ordering::Relaxed)
            {
                tracing::warn!(
                    most,
                    "more messages that are no events came than are kept: the oldest go, from now on without a word"
                );
            }
        }
        Ok(())
    }

    /// How long to wait after the `failures`th refusal of the store.
    pub fn pause(&self, failures: u32) -> Duration {
        self.consumers
            .backoff
            .delay(failures, &self.consumers.random)
    }
}

/// A message that cannot be read as an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The stream it came by.
    pub topic: Topic,
    /// Where it lies: topic, partition and offset.
    pub place: String,
    /// What it says it is, where it says so.
    pub event_type: String,
    /// What it holds, as far as it is text; the beginning of it.
    pub payload: String,
    /// When the broker got it.
    pub at: Timestamp,
    /// What is wrong with it.
    pub error: String,
}

impl Foreign {
    /// The same for the same message, however often and by whomever it is read (FNV-1a).
    pub(crate) fn id(&self) -> Uuid {
        const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let moment = self.at.micros().to_be_bytes();
        let bytes = self.place.bytes().chain(moment);
        Uuid::from_u128(bytes.fold(BASIS, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(PRIME)
        }))
    }
}
