//! The relay: one process at a time reads the outbox in order and hands its rows to the bus.

use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx};
use tokio::sync::{Mutex, Notify};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep_until};

use crate::backoff::Backoff;
use crate::bus::Bus;
use crate::consume::Consumers;
use crate::event::Received;
use crate::lease::Lease;
use crate::metrics;
use crate::outbox::{self, Marks, Waiting};
use crate::retry;
use crate::stop::Stop;

/// How many events that were set aside are tried side by side.
const RETRIES_AT_ONCE: usize = 16;

/// The least time between two passes that left nothing behind. An event after a quiet time is handed on
/// at once; of those that come one upon the other, many share a pass, which is a read and a unit.
const REST: Duration = Duration::from_millis(50);

/// How often the lease is looked at while a batch is on its way.
const LEASE_LOOK: Duration = Duration::from_secs(1);

pub(crate) struct Relay {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) consumers: Arc<Consumers>,
    pub(crate) lease: Lease,
    pub(crate) backoff: Backoff,
    pub(crate) batch: u32,
    pub(crate) poll: Duration,
    /// One pass at a time in this process that sends, and one that retries.
    pub(crate) sending: Mutex<()>,
    pub(crate) retrying: Mutex<()>,
}

impl Relay {
    /// Works until told to stop. A bus whose brokers are away keeps those waiting who send, so retries go
    /// their own way.
    pub(crate) async fn run(self: Arc<Self>, wake: Arc<Notify>, stop: Stop) {
        tokio::join!(
            self.keep_sending(&wake, stop.clone()),
            self.keep_retrying(stop)
        );
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "the relay's lease was not given back");
        }
    }

    /// Between passes it waits for a wake-up or the next poll.
    async fn keep_sending(&self, wake: &Notify, mut stop: Stop) {
        let mut tick = interval(self.poll);
        while !stop.is_now() {
            if or_warn(self.send_waiting().await) >= self.full_batch() {
                continue;
            }
            let rested = Instant::now() + REST;
            tokio::select! {
                () = stop.comes() => break,
                () = self.roused(wake) => {}
                _ = tick.tick() => {}
            }
            tokio::select! {
                () = stop.comes() => break,
                () = sleep_until(rested) => {}
            }
        }
    }

    /// A wake-up is for whoever holds the lease; anybody else would only ask for it once more.
    async fn roused(&self, wake: &Notify) {
        loop {
            wake.notified().await;
            if self.lease.is_held() {
                return;
            }
        }
    }

    async fn keep_retrying(&self, mut stop: Stop) {
        let mut tick = interval(self.poll);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_now() {
            if or_warn(self.retry_due().await) > 0 {
                continue;
            }
            tokio::select! {
                () = stop.comes() => break,
                _ = tick.tick() => {}
            }
        }
    }

    fn full_batch(&self) -> usize {
        usize::try_from(self.batch).unwrap_or(usize::MAX)
    }

    /// Hands one batch to the bus and marks what was taken over. Returns the size of the batch; 0 also
    /// where another process holds the lease, or took it meanwhile: then nothing is marked, because the
    /// other sends the same in an order of its own.
    pub(crate) async fn send_waiting(&self) -> Result<usize, DbError> {
        let _turn = self.sending.lock().await;
        if !self.lease.hold().await? {
            return Ok(0);
        }
        let (now, limit) = (self.clock.now(), self.batch);
        let read = async move |conn: &mut Conn| outbox::waiting(conn, now, limit).await;
        let (rows, events) = unzip(self.db.read(read).await?);
        if rows.is_empty() {
            return Ok(0);
        }
        let Some(results) = self.send(&events).await else {
            return Ok(0);
        };
        let keys = events.iter().map(|event| event.key.as_str());
        let outcomes = rows.iter().zip(keys).zip(results);
        let marks = outbox::marks(outcomes.map(|((row, key), result)| (row.serial, key, result)));
        self.write_marks(marks, &rows).await?;
        Ok(rows.len())
    }

    /// Sends, and holds the lease as long as that takes: another relay would send the same at the same time.
    /// `None` where the lease was lost.
    async fn send(&self, events: &[Arc<Received>]) -> Option<Vec<Result<(), String>>> {
        let mut sending = pin!(self.bus.send(events));
        let mut tick = interval(LEASE_LOOK);
        let mut lost = false;
        loop {
            tokio::select! {
                results = &mut sending => {
                    return (!lost && self.lease.is_held()).then_some(results);
                }
                _ = tick.tick() => match self.lease.hold().await {
                    Ok(true) => {}
                    Ok(false) => {
                        lost = true;
                        tracing::warn!("another process relays while this one still sends");
                    }
                    Err(error) => tracing::warn!(%error, "the relay's lease was not renewed"),
                },
            }
        }
    }

    async fn write_marks(&self, marks: Marks, rows: &[Waiting]) -> Result<(), DbError> {
        metrics::relayed(marks.sent.len(), marks.failed.len());
        if let Some((serial, error)) = marks.failed.first() {
            let keys = marks.failed.len();
            tracing::warn!(keys, serial, error, "events were not taken over by the bus");
        }
        let now = self.clock.now();
        let failed: Vec<_> = marks
            .failed
            .into_iter()
            .map(|it| self.put_off(it, rows, now))
            .collect();
        let sent = marks.sent;
        let unit = async move |tx: &mut Tx| {
            outbox::mark_sent(tx, &sent, now).await?;
            for (serial, next_at, error) in &failed {
                outbox::mark_failed(tx, *serial, *next_at, error).await?;
            }
            Ok::<_, DbError>(())
        };
        self.db.write(unit).await
    }

    fn put_off(
        &self,
        (serial, error): (i64, String),
        rows: &[Waiting],
        now: Timestamp,
    ) -> (i64, Timestamp, String) {
        let row = rows.iter().find(|row| row.serial == serial);
        let failures = row.map_or(1, |row| row.attempts.saturating_add(1));
        tracing::debug!(serial, failures, error, "an event was put off");
        (
            serial,
            now.plus(self.backoff.delay(failures, &self.random)),
            error,
        )
    }

    /// Tries once what was set aside and is due. Returns how many that were.
    pub(crate) async fn retry_due(&self) -> Result<usize, DbError> {
        let _turn = self.retrying.lock().await;
        if !self.lease.hold().await? {
            return Ok(0);
        }
        let (now, limit) = (self.clock.now(), self.batch);
        let read = async move |conn: &mut Conn| retry::due(conn, now, limit).await;
        let due = self.db.read(read).await?;
        let count = due.len();
        let tries = due.into_iter().map(|(aside, event)| {
            let consumers = Arc::clone(&self.consumers);
            async move { consumers.retry(aside, event).await }
        });
        let mut running = stream::iter(tries).buffer_unordered(RETRIES_AT_ONCE);
        let mut outcome = Ok(count);
        while let Some(result) = running.next().await {
            outcome = outcome.and_then(|count| result.map(|()| count));
        }
        outcome
    }
}

fn or_warn(done: Result<usize, DbError>) -> usize {
    done.unwrap_or_else(|error| {
        tracing::warn!(%error, "the relay stopped short and goes on at the next poll");
        0
    })
}

fn unzip(rows: Vec<(Waiting, Received)>) -> (Vec<Waiting>, Vec<Arc<Received>>) {
    rows.into_iter()
        .map(|(row, event)| (row, Arc::new(event)))
        .unzip()
}
