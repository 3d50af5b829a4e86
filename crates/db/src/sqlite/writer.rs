//! The one thread that writes: it takes what is queued, commits once for all of it, then answers.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::conn::{Conn, Session as AnySession, Tx};
use crate::error::DbError;
use crate::meter::Meter;
use crate::unit::{self, Hook};

use super::error;
use super::job::Work;
use super::open::Files;

/// After so long without a unit the writer gives back the memory of its page cache.
const IDLE: Duration = Duration::from_secs(2);
const DAY: Duration = Duration::from_hours(24);

/// What is sent to the writer.
pub(crate) enum Message {
    /// A unit.
    Work(Box<dyn Work>),
    /// Something to be done on the connection between batches.
    #[cfg(feature = "testing")]
    Control(Box<dyn FnOnce(&Connection) + Send>),
    /// Finish, tidy up, answer and end.
    Close(oneshot::Sender<()>),
}

/// The writer's thread before it is started.
pub(crate) struct Writer {
    files: Files,
    queue: Receiver<Message>,
    max_batch: usize,
    meter: Arc<Meter>,
}

impl Writer {
    pub(crate) fn new(
        files: Files,
        queue: Receiver<Message>,
        max_batch: usize,
        meter: Arc<Meter>,
    ) -> Self {
        Self {
            files,
            queue,
            max_batch: max_batch.max(1),
            meter,
        }
    }

    /// Opens the connection here, so that the caller learns what is wrong, and starts the thread.
    pub(crate) fn start(self) -> Result<(), DbError> {
        let conn = Conn::new(
            AnySession::Sqlite(self.files.writer()?),
            Arc::clone(&self.meter),
        );
        let tx = Tx::new(conn);
        let writing = Writing {
            tx,
            queue: self.queue,
            max_batch: self.max_batch,
            meter: self.meter,
            held: None,
        };
        // In the runtime's context a unit that sleeps is pending and refused instead of panicking, and a
        // hook may spawn, as on PostgreSQL.
        let runtime = Handle::current();
        let started = thread::Builder::new()
            .name("hanok-writer".to_owned())
            .spawn(move || {
                let _context = runtime.enter();
                writing.run();
            });
        started
            .map(drop)
            .map_err(|cause| DbError::Unavailable(format!("no thread for the writer: {cause}")))
    }
}

struct Writing {
    tx: Tx,
    queue: Receiver<Message>,
    max_batch: usize,
    meter: Arc<Meter>,
    /// A message met while gathering a batch that is none of its units.
    held: Option<Message>,
}

/// Units whose commit is still to come.
struct Batch {
    works: Vec<Box<dyn Work>>,
    hooks: Vec<Hook>,
}

impl Writing {
    fn run(mut self) {
        let (mut optimized, mut worked) = (Instant::now(), true);
        let closing = loop {
            match self.next() {
                Ok(Message::Work(work)) => {
                    self.batch(work);
                    worked = true;
                }
                #[cfg(feature = "testing")]
                Ok(Message::Control(control)) => self.control(control),
                Ok(Message::Close(done)) => break Some(done),
                Err(RecvTimeoutError::Timeout) if optimized.elapsed() >= DAY => {
                    self.raw_batch("PRAGMA optimize");
                    (optimized, worked) = (Instant::now(), true);
                }
                Err(RecvTimeoutError::Timeout) if worked => {
                    self.raw_batch("PRAGMA shrink_memory");
                    worked = false;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break None,
            }
        };
        self.raw_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
        drop(self);
        if let Some(done) = closing {
            // Whoever closed the store may have stopped waiting.
            let _ = done.send(());
        }
    }

    fn next(&mut self) -> Result<Message, RecvTimeoutError> {
        self.held
            .take()
            .map_or_else(|| self.queue.recv_timeout(IDLE), Ok)
    }

    /// The next unit if one is queued already.
    fn queued(&mut self) -> Option<Box<dyn Work>> {
        if self.held.is_some() {
            return None;
        }
        let message = self.queue.try_recv().ok()?;
        if let Message::Work(work) = message {
            return Some(work);
        }
        self.held = Some(message);
        None
    }

    fn batch(&mut self, first: Box<dyn Work>) {
        let started = Instant::now();
        if let Err(error) = self.begin() {
            return self.turn_away(first, &error);
        }
        let mut batch = Batch {
            works: Vec::with_capacity(16),
            hooks: Vec::new(),
        };
        let mut next = Some(first);
        while let Some(work) = next {
            if let Err(error) = self.unit(work, &mut batch) {
                return self.lost(batch, &error);
            }
            let room = batch.works.len() < self.max_batch;
            next = if room { self.queued() } else { None };
        }
        self.commit(batch, started);
    }

    fn begin(&mut self) -> Result<(), DbError> {
        if !self.gone() {
            // A rollback failed before; until it works there is nothing to begin.
            self.statement("ROLLBACK")?;
        }
        self.statement("BEGIN IMMEDIATE")
    }

    /// Runs one unit inside the batch. An error means that the whole transaction is gone.
    fn unit(&mut self, mut work: Box<dyn Work>, batch: &mut Batch) -> Result<(), DbError> {
        let started = Instant::now();
        self.tx.reset();
        let mut kept = match self.statement("SAVEPOINT unit") {
            Ok(()) => work.run(&mut self.tx),
            Err(error) => {
                work.fail(error);
                false
            }
        };
        if kept
            && !self.gone()
            && let Err(error) = self.statement("RELEASE unit")
        {
            work.fail(error);
            kept = false;
        }
        self.meter.unit(started, kept);
        batch.works.push(work);
        if self.gone() {
            return Err(error::rolled_back(self.tx.failure()));
        }
        if kept {
            batch.hooks.append(self.tx.hooks());
            return Ok(());
        }
        self.statement("ROLLBACK TO unit")
            .and_then(|()| self.statement("RELEASE unit"))
    }

    fn commit(&mut self, batch: Batch, started: Instant) {
        let units = batch.works.len();
        if let Err(error) = self.statement("COMMIT") {
            return self.lost(batch, &error::commit_failed(error));
        }
        self.meter.commit(units, started);
        if self.tx.take_changed() {
            self.meter.trouble.over();
        }
        unit::run_hooks(batch.hooks);
        answer(batch.works);
    }

    /// The transaction of a batch is gone, or to be given up: everybody in it hears so.
    fn lost(&mut self, batch: Batch, error: &DbError) {
        tracing::error!(%error, units = batch.works.len(), "a batch of units was rolled back");
        self.meter.trouble.failed(error);
        self.tx.take_changed();
        if !self.gone()
            && let Err(error) = self.statement("ROLLBACK")
        {
            tracing::error!(%error, "a rollback failed");
        }
        let mut works = batch.works;
        for work in &mut works {
            work.fail(error.clone());
        }
        answer(works);
    }

    /// No transaction could begin: nobody who waits now is left waiting for another try.
    fn turn_away(&mut self, first: Box<dyn Work>, error: &DbError) {
        tracing::warn!(%error, "the writer could not begin");
        self.meter.trouble.failed(error);
        let mut next = Some(first);
        for _ in 0..self.max_batch {
            let Some(mut work) = next else {
                return;
            };
            work.fail(error.clone());
            answer(vec![work]);
            next = self.queued();
        }
        if let Some(work) = next {
            self.held = Some(Message::Work(work));
        }
    }

    /// Whether no transaction is open: SQLite rolls back by itself on some faults of the disk.
    fn gone(&mut self) -> bool {
        self.raw().is_none_or(Connection::is_autocommit)
    }

    fn raw(&mut self) -> Option<&Connection> {
        match self.tx.session() {
            AnySession::Sqlite(session) => Some(session.raw()),
            AnySession::Postgres(_) => None,
        }
    }

    fn statement(&mut self, sql: &str) -> Result<(), DbError> {
        let Some(raw) = self.raw() else {
            return Err(super::stopped());
        };
        let ran = raw
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        ran.map(drop).map_err(|cause| error::plain(&cause))
    }

    fn raw_batch(&mut self, sql: &str) {
        if let Some(Err(error)) = self.raw().map(|raw| raw.execute_batch(sql)) {
            tracing::warn!(%error, "the store's housekeeping failed");
        }
    }

    #[cfg(feature = "testing")]
    fn control(&mut self, control: Box<dyn FnOnce(&Connection) + Send>) {
        if let Some(raw) = self.raw() {
            control(raw);
        }
    }
}

/// Answers every caller. What a caller's type does when it is dropped must not end the writer.
fn answer(works: Vec<Box<dyn Work>>) {
    for work in works {
        let answered: Result<(), DbError> = unit::caught(|| {
            work.answer();
            Ok(())
        });
        if let Err(error) = answered {
            tracing::error!(%error, "an answer panicked");
        }
    }
}
