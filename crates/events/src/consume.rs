//! Giving an event to its handlers: once in effect, in order per key, and failures set aside.
//!
//! A handler's effect and the row `processed(consumer, event_id)` are one unit. An event that fails is
//! set aside in `event_retry` for that consumer alone; later events of its key line up behind it there,
//! and every other key and consumer goes on.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{Db, DbError, Tx, params};

use crate::backoff::Backoff;
use crate::dead_letter::{self, Burial};
use crate::event::{Handler, HandlerError, Received};
use crate::metrics;
use crate::retry::{self, SetAside};

/// All handlers of the program, and what to do when one fails.
pub(crate) struct Consumers {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) handlers: Vec<Arc<dyn Handler>>,
    pub(crate) backoff: Backoff,
    pub(crate) max_attempts: u32,
    /// How long ago an event may have been sent for it to be known whether it was handled.
    pub(crate) remembered: Duration,
    /// Most messages that are no events that are kept as dead letters.
    pub(crate) foreign_letters: u32,
    /// Whether it was said that more came.
    pub(crate) told_of_overflow: AtomicBool,
}

impl Consumers {
    /// Gives the event to every handler that wants it. On `Ok` each has either handled it, or it is set
    /// aside for those that have not; an error means that the store gave up, and the event must come
    /// again.
    pub(crate) async fn deliver(&self, event: &Arc<Received>) -> Result<(), DbError> {
        let wanting = |handler: &&Arc<dyn Handler>| handler.wants(event.topic, &event.event_type);
        for handler in self.handlers.iter().filter(wanting) {
            self.deliver_to(handler, event).await?;
        }
        Ok(())
    }

    /// Whether an event that was sent then may have been handled so long ago that it is forgotten.
    pub(crate) fn may_be_forgotten(&self, sent_at: Timestamp) -> bool {
        sent_at < self.clock.now().minus(self.remembered)
    }

    /// Makes the event a dead letter for every handler that wants it and has not handled it.
    pub(crate) async fn give_up(
        &self,
        event: &Arc<Received>,
        tries: u32,
        reason: &HandlerError,
    ) -> Result<(), DbError> {
        let wanting = |handler: &&Arc<dyn Handler>| handler.wants(event.topic, &event.event_type);
        for handler in self.handlers.iter().filter(wanting) {
            self.failed(handler.consumer(), event, tries, reason, true)
                .await?;
        }
        Ok(())
    }

    async fn deliver_to(
        &self,
        handler: &Arc<dyn Handler>,
        event: &Arc<Received>,
    ) -> Result<(), DbError> {
        let (effect, to, now) = (Arc::clone(handler), Arc::clone(event), self.clock.now());
        let unit = async move |tx: &mut Tx| handle_once(tx, effect.as_ref(), &to, now).await;
        match self.db.write(unit).await {
            Ok(true) => Ok(()),
            Ok(false) => self.line_up(handler.consumer(), event).await,
            Err(HandlerError::Db(error)) if error.is_temporary() => Err(error),
            Err(error) => {
                self.failed(handler.consumer(), event, 1, &error, self.max_attempts <= 1)
                    .await
            }
        }
    }

    /// Runs the handler for an event that was set aside, if it still is.
    pub(crate) async fn retry(&self, aside: SetAside, event: Received) -> Result<(), DbError> {
        let consumer = aside.consumer.as_str();
        let event = Arc::new(event);
        let Some(handler) = self.handlers.iter().find(|it| it.consumer() == consumer) else {
            let gone = HandlerError::Failed("there is no handler of this name any more".to_owned());
            return self
                .failed(consumer, &event, aside.attempts, &gone, true)
                .await;
        };
        let (effect, to) = (Arc::clone(handler), Arc::clone(&event));
        let (serial, now) = (aside.serial, self.clock.now());
        let unit = async move |tx: &mut Tx| retry_once(tx, serial, effect.as_ref(), &to, now).await;
        match self.db.write(unit).await {
            Ok(()) => Ok(()),
            Err(HandlerError::Db(error)) if error.is_temporary() => Err(error),
            Err(error) => {
                let attempts = aside.attempts.saturating_add(1);
                self.failed(
                    consumer,
                    &event,
                    attempts,
                    &error,
                    attempts >= self.max_attempts,
                )
                .await
            }
        }
    }

    /// The event was handled before, or an earlier one of its key is set aside: then it waits its turn.
    async fn line_up(&self, consumer: &'static str, event: &Arc<Received>) -> Result<(), DbError> {
        let (now, event) = (self.clock.now(), Arc::clone(event));
        let unit = async move |tx: &mut Tx| retry::line_up(tx, consumer, &event, now).await;
        self.db.write(unit).await
    }

    async fn failed(
        &self,
        consumer: &str,
        event: &Arc<Received>,
        attempts: u32,
        error: &HandlerError,
        last: bool,
    ) -> Result<(), DbError> {
        let now = self.clock.now();
        let failure = Failure {
            consumer: consumer.to_owned(),
            event: Arc::clone(event),
            attempts,
            error: error.to_string(),
            now,
            next_at: now.plus(self.backoff.delay(attempts, &self.random)),
        };
        failure.report(last);
        let (clock, random) = (self.clock.clone(), self.random.clone());
        let unit = async move |tx: &mut Tx| failure.write(tx, last, &clock, &random).await;
        self.db.write(unit).await
    }
}

const TAKE: &str = "INSERT INTO processed (consumer, event_id, handled_at) \
     SELECT $1, COALESCE($2, (SELECT event_id FROM event_retry WHERE 1 = 0)), CAST($4 AS BIGINT) \
     WHERE NOT EXISTS (SELECT 1 FROM event_retry WHERE consumer = $1 AND event_key = $3) \
     ON CONFLICT DO NOTHING";

/// False: nothing was done, because it was done before or an earlier event of the key is set aside.
async fn handle_once(
    tx: &mut Tx,
    handler: &dyn Handler,
    event: &Received,
    now: Timestamp,
) -> Result<bool, HandlerError> {
    let consumer = handler.consumer();
    let values = params![consumer, event.event_id, event.key, now];
    let taken = tx.execute(TAKE, values).await?;
    if taken == 0 {
        return Ok(false);
    }
    handler.handle(tx, event).await?;
    Ok(true)
}

const REMEMBER: &str = "INSERT INTO processed (consumer, event_id, handled_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

async fn retry_once(
    tx: &mut Tx,
    serial: i64,
    handler: &dyn Handler,
    event: &Received,
    now: Timestamp,
) -> Result<(), HandlerError> {
    if !retry::take(tx, serial).await? {
        return Ok(());
    }
    let new = tx
        .execute(REMEMBER, params![handler.consumer(), event.event_id, now])
        .await?;
    if new == 0 {
        return Ok(());
    }
    handler.handle(tx, event).await
}

/// One failed try of one handler.
struct Failure {
    consumer: String,
    event: Arc<Received>,
    attempts: u32,
    error: String,
    now: Timestamp,
    next_at: Timestamp,
}

impl Failure {
    fn report(&self, last: bool) {
        metrics::handler_failed(&self.consumer, last);
        let (consumer, event_id) = (self.consumer.as_str(), self.event.event_id);
        let (event_type, attempts, error) = (&self.event.event_type, self.attempts, &self.error);
        if last {
            tracing::error!(consumer, %event_id, event_type, attempts, error, "event is a dead letter");
        } else {
            tracing::warn!(consumer, %event_id, event_type, attempts, error, "event handler failed");
        }
    }

    async fn write(
        &self,
        tx: &mut Tx,
        last: bool,
        clock: &Clock,
        random: &Random,
    ) -> Result<(), DbError> {
        if retry::is_processed(tx, &self.consumer, self.event.event_id).await? {
            return retry::forget(tx, &self.consumer, self.event.event_id).await;
        }
        if !last {
            return retry::put_off(tx, self.as_retry()).await;
        }
        retry::forget(tx, &self.consumer, self.event.event_id).await?;
        let burial = Burial::of_event(&self.consumer, &self.event, self.attempts, &self.error);
        dead_letter::bury(tx, &burial, self.now, clock, random).await
    }

    fn as_retry(&self) -> retry::PutOff<'_> {
        retry::PutOff {
            consumer: &self.consumer,
            event: &self.event,
            attempts: self.attempts,
            next_at: self.next_at,
            error: &self.error,
        }
    }
}
