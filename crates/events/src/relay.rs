//! The relay: one process at a time reads the outbox in order and hands its rows to the bus.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx};
use tokio::sync::{Mutex, Notify};
use tokio::time::{Duration, Instant, interval, sleep_until};

use crate::backoff::Backoff;
use crate::bus::Bus;
use crate::consume::Consumers;
use crate::event::Received;
use crate::lease::Lease;
use crate::outbox::{self, Marks, Waiting};
use crate::retry;
use crate::stop::Stop;

/// How many events that were set aside are tried side by side.
const RETRIES_AT_ONCE: usize = 16;

/// The least time between two passes that left nothing behind. An event after a quiet time is handed on
/// at once; of those that come one upon the other, many share a pass, which is a read and a unit.
const REST: Duration = Duration::from_millis(50);

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
    /// One pass at a time in this process.
    pub(crate) turn: Mutex<()>,
}

impl Relay {
    /// Works until told to stop; between passes it waits for a wake-up or the next poll.
    pub(crate) async fn run(self: Arc<Self>, wake: Arc<Notify>, mut stop: Stop) {
        let mut tick = interval(self.poll);
        let mut retried_at = Timestamp::default();
        while !stop.is_now() {
            if self.pass_or_warn(&mut retried_at).await {
                continue;
            }
            let rested = Instant::now() + REST;
            tokio::select! {
                () = stop.comes() => break,
                () = wake.notified() => {}
                _ = tick.tick() => {}
            }
            tokio::select! {
                () = stop.comes() => break,
                () = sleep_until(rested) => {}
            }
        }
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "the relay's lease was not given back");
        }
    }

    /// Whether more is waiting.
    async fn pass_or_warn(&self, retried_at: &mut Timestamp) -> bool {
        match self.turn(retried_at).await {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "the relay stopped short and goes on at the next poll");
                false
            }
        }
    }

    async fn turn(&self, retried_at: &mut Timestamp) -> Result<bool, DbError> {
        let sent = self.send_waiting().await?;
        let now = self.clock.now();
        if now.since(*retried_at) >= self.poll {
            *retried_at = now;
            while self.retry_due().await? > 0 {}
        }
        Ok(sent >= usize::try_from(self.batch).unwrap_or(usize::MAX))
    }

    /// Hands one batch to the bus and marks what was taken over. Returns the size of the batch; 0 also
    /// where another process holds the lease.
    pub(crate) async fn send_waiting(&self) -> Result<usize, DbError> {
        let _turn = self.turn.lock().await;
        if !self.lease.hold().await? {
            return Ok(0);
        }
        let (now, limit) = (self.clock.now(), self.batch);
        let read = async move |conn: &mut Conn| outbox::waiting(conn, now, limit).await;
        let (rows, events) = unzip(self.db.read(read).await?);
        if rows.is_empty() {
            return Ok(0);
        }
        let results = self.bus.send(&events).await;
        let keys = events.iter().map(|event| event.key.as_str());
        let outcomes = rows.iter().zip(keys).zip(results);
        let marks = outbox::marks(outcomes.map(|((row, key), result)| (row.serial, key, result)));
        self.write_marks(marks, &rows).await?;
        Ok(rows.len())
    }

    async fn write_marks(&self, marks: Marks, rows: &[Waiting]) -> Result<(), DbError> {
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
        tracing::warn!(
            serial,
            failures,
            error,
            "an event was not taken over by the bus"
        );
        (
            serial,
            now.plus(self.backoff.delay(failures, &self.random)),
            error,
        )
    }

    /// Tries once what was set aside and is due. Returns how many that were.
    pub(crate) async fn retry_due(&self) -> Result<usize, DbError> {
        let _turn = self.turn.lock().await;
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

fn unzip(rows: Vec<(Waiting, Received)>) -> (Vec<Waiting>, Vec<Arc<Received>>) {
    rows.into_iter()
        .map(|(row, event)| (row, Arc::new(event)))
        .unzip()
}
