//! News between processes by LISTEN and NOTIFY, over a connection of its own.
//!
//! What is published goes into a queue; one task sends it, up to 64 messages in one statement, and hears the others.
//! While the connection is away nothing is kept for later: when it is back, everybody is told of a gap. Whoever may
//! connect to the database may read and say anything here: texts come sealed, from
//! [`SealedFanout`](hanok_base::shared::SealedFanout). The channel bears the installation's name.

mod parts;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hanok_base::Random;
use hanok_base::shared::{Exchange, FANOUT_LOST, FANOUT_UP, Fanout, Heard, LossMark};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{interval, sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Config, Error, NoTls, Socket, Statement};

use self::parts::{Assembly, split};
use super::error;
use crate::error::DbError;

type Connection = tokio_postgres::Connection<Socket, tokio_postgres::tls::NoTlsStream>;

/// Messages that may wait to be sent.
const QUEUE: usize = 1_024;
/// Messages sent by one statement.
const BATCH: usize = 64;
/// A silent connection is asked this often whether it lives.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How long a new connection may take, the greeting included.
const GREETING: Duration = Duration::from_secs(4);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The wait before a new connection, doubled from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

const TRANSPORT: &[(&str, &str)] = &[("transport", "postgres")];

const NOTIFY: &str = "SELECT pg_notify($1, part) FROM unnest(CAST($2 AS TEXT[])) AS part";

/// The fan-out over PostgreSQL.
pub(super) struct Notices {
    exchange: Arc<Exchange>,
    queue: mpsc::Sender<String>,
    is_lossy: Arc<AtomicBool>,
}

impl Notices {
    /// Starts the task, which ends when it is aborted or this is dropped. `installation` is a word of at most 50
    /// letters and digits.
    pub(super) fn start(unlimited: &Config, installation: &str) -> (Self, AbortHandle) {
        let mut config = unlimited.clone();
        config
            .application_name("hanok news")
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(PATIENCE * 2);
        let exchange = Arc::new(Exchange::new(&Random::system()));
        let (queue, waiting) = mpsc::channel(QUEUE);
        let is_lossy = Arc::new(AtomicBool::new(false));
        let line = Line {
            config,
            channel: format!("hanok_{installation}"),
            exchange: Arc::clone(&exchange),
            waiting,
            is_lossy: Arc::clone(&is_lossy),
        };
        let task = tokio::spawn(line.keep_up()).abort_handle();
        let notices = Self {
            exchange,
            queue,
            is_lossy,
        };
        (notices, task)
    }
}

impl Fanout for Notices {
    fn publish(&self, channel: &'static str, text: String) {
        let message = self.exchange.message(channel, &text);
        if self.queue.try_send(message).is_err() {
            self.is_lossy.store(true, Ordering::Relaxed);
            metrics::counter!(FANOUT_LOST, TRANSPORT).increment(1);
        }
    }

    fn subscribe(&self, channel: &'static str, heard: Heard) {
        self.exchange.subscribe(channel, heard);
    }

    fn mark_losses(&self, mark: LossMark) {
        self.exchange.mark_losses(mark);
    }
}

/// What the task works with.
struct Line {
    config: Config,
    /// As PostgreSQL knows it.
    channel: String,
    exchange: Arc<Exchange>,
    waiting: mpsc::Receiver<String>,
    is_lossy: Arc<AtomicBool>,
}

impl Line {
    async fn keep_up(mut self) {
        let mut was_there = false;
        let mut wait = FIRST_WAIT;
        loop {
            let ended = self.connected(&mut was_there, &mut wait).await;
            metrics::gauge!(FANOUT_UP, TRANSPORT).set(0.0);
            match ended {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "news between processes are interrupted");
                }
            }
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// One connection, from its beginning to its end; `Ok` where nobody publishes any more.
    async fn connected(
        &mut self,
        was_there: &mut bool,
        wait: &mut Duration,
    ) -> Result<(), DbError> {
        let (client, connection) = match timeout(GREETING, self.config.connect(NoTls)).await {
            Ok(connected) => connected.map_err(|cause| error::connecting(&cause))?,
            Err(_) => return Err(silent()),
        };
        // Dropped with this future, and the connection with it.
        let mut hearing = JoinSet::new();
        hearing.spawn(hear(connection, Arc::clone(&self.exchange)));
        let listen = format!("LISTEN \"{}\"", self.channel.replace('"', "\"\""));
        answered(client.batch_execute(&listen)).await?;
        let notify = answered(client.prepare(NOTIFY)).await?;
        metrics::gauge!(FANOUT_UP, TRANSPORT).set(1.0);
        if std::mem::replace(was_there, true) {
            tracing::info!("news between processes go on");
            self.exchange.gap();
            self.drop_old();
        }
        *wait = FIRST_WAIT;
        self.send(&client, &notify, &mut hearing).await
    }

    /// What was to be told while nobody could be is old by now: the others are told that it is missing.
    fn drop_old(&mut self) {
        while self.waiting.try_recv().is_ok() {
            self.is_lossy.store(true, Ordering::Relaxed);
        }
    }

    async fn send(
        &mut self,
        client: &Client,
        notify: &Statement,
        hearing: &mut JoinSet<Result<(), Error>>,
    ) -> Result<(), DbError> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut ask = interval(ASK_EVERY);
        loop {
            if self.is_lossy.swap(false, Ordering::Relaxed) {
                batch.push(self.exchange.lost());
            }
            self.flush(client, notify, &mut batch).await?;
            tokio::select! {
                ended = hearing.join_next() => return Err(hung_up(ended)),
                count = self.waiting.recv_many(&mut batch, BATCH) => if count == 0 {
                    return Ok(());
                },
                _ = ask.tick() => drop(answered(client.simple_query("SELECT 1")).await?),
            }
        }
    }

    /// Sends what is there: short messages together, each long one by itself, in its parts.
    async fn flush(
        &self,
        client: &Client,
        notify: &Statement,
        batch: &mut Vec<String>,
    ) -> Result<(), DbError> {
        let mut together = Vec::new();
        for message in batch.drain(..) {
            let mut parts = split(&message);
            if let [_] = parts.as_slice() {
                together.append(&mut parts);
                continue;
            }
            self.notify(client, notify, std::mem::take(&mut together))
                .await?;
            self.notify(client, notify, parts).await?;
        }
        self.notify(client, notify, together).await
    }

    async fn notify(
        &self,
        client: &Client,
        notify: &Statement,
        parts: Vec<String>,
    ) -> Result<(), DbError> {
        if parts.is_empty() {
            return Ok(());
        }
        let sent = answered(client.execute(notify, &[&self.channel, &parts])).await;
        if sent.is_err() {
            self.is_lossy.store(true, Ordering::Relaxed);
        }
        sent.map(drop)
    }
}

/// Hears the others for as long as the connection lives.
async fn hear(mut connection: Connection, exchange: Arc<Exchange>) -> Result<(), Error> {
    let mut assembly = Assembly::default();
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(notice) = message?
            && let Some(whole) = assembly.add(notice.payload())
        {
            exchange.hear(&whole);
        }
    }
    Ok(())
}

async fn answered<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, DbError> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|cause| error::plain(&cause)),
        Err(_) => Err(silent()),
    }
}

fn silent() -> DbError {
    DbError::Unavailable("PostgreSQL does not answer".to_owned())
}

fn hung_up(ended: Option<Result<Result<(), Error>, tokio::task::JoinError>>) -> DbError {
    match ended {
        Some(Ok(Err(cause))) => error::connecting(&cause),
        _ => DbError::Unavailable("PostgreSQL closed the connection".to_owned()),
    }
}

#[cfg(test)]
mod tests;
