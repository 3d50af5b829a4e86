//! News between processes by PUBLISH and SUBSCRIBE.
//!
//! What is published goes into a queue, which one task sends; another hears, over a connection of its own. While
//! Redis is away nothing is kept for later: everybody is told of a gap again and again, and when it is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fred::clients::SubscriberClient;
use fred::interfaces::{ClientLike, EventInterface, PubsubInterface};
use futures_util::future::join_all;
use hanok_base::Random;
use hanok_base::shared::{Exchange, FANOUT_LOST, FANOUT_UP, Fanout, Heard, LossMark};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval, interval_at, timeout};

use crate::RedisFault;
use crate::config::RedisConfig;
use crate::link::{Link, builder};

const USE: &str = "news";
const TRANSPORT: &[(&str, &str)] = &[("transport", "redis")];
/// Messages that may wait to be sent.
const QUEUE: usize = 1_024;
/// Messages sent side by side, in their order.
const BATCH: usize = 64;
/// A silent connection is asked this often whether it lives, and so is whether what was lost was told.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// While nothing is heard everybody is told so this often, and asks the store for what there is.
const TELL_EVERY: Duration = Duration::from_secs(4);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The fan-out over Redis.
pub(crate) struct News {
    exchange: Arc<Exchange>,
    queue: mpsc::Sender<String>,
    is_lossy: Arc<AtomicBool>,
}

impl News {
    /// Starts both tasks; they end when they are aborted.
    pub(crate) fn start(
        config: &RedisConfig,
        link: &Arc<Link>,
    ) -> Result<(Self, Vec<AbortHandle>), RedisFault> {
        let subscriber = builder(config)?
            .build_subscriber_client()
            .map_err(|fault| RedisFault::Address(fault.details().to_owned()))?;
        let exchange = Arc::new(Exchange::new(&Random::system()));
        let (queue, waiting) = mpsc::channel(QUEUE);
        let is_lossy = Arc::new(AtomicBool::new(false));
        let channel = link.key(USE, "all");
        let sending = Sending {
            link: Arc::clone(link),
            channel: channel.clone(),
            exchange: Arc::clone(&exchange),
            waiting,
            is_lossy: Arc::clone(&is_lossy),
        };
        let hearing = Hearing {
            subscriber,
            channel,
            exchange: Arc::clone(&exchange),
            is_subscribed: AtomicBool::new(false),
            may_have_missed: AtomicBool::new(false),
        };
        let tasks = vec![
            tokio::spawn(sending.keep_up()).abort_handle(),
            tokio::spawn(hearing.keep_up()).abort_handle(),
        ];
        let news = Self {
            exchange,
            queue,
            is_lossy,
        };
        Ok((news, tasks))
    }
}

impl Fanout for News {
    fn publish(&self, channel: &'static str, text: String) {
        let message = self.exchange.message(channel, &text);
        if self.queue.try_send(message).is_err() {
            lose(&self.is_lossy, 1);
        }
    }

    fn subscribe(&self, channel: &'static str, heard: Heard) {
        self.exchange.subscribe(channel, heard);
    }

    fn mark_losses(&self, mark: LossMark) {
        self.exchange.mark_losses(mark);
    }
}

fn lose(is_lossy: &AtomicBool, count: u64) {
    is_lossy.store(true, Ordering::Relaxed);
    ::metrics::counter!(FANOUT_LOST, TRANSPORT).increment(count);
}

/// What sends.
struct Sending {
    link: Arc<Link>,
    channel: String,
    exchange: Arc<Exchange>,
    waiting: mpsc::Receiver<String>,
    is_lossy: Arc<AtomicBool>,
}

impl Sending {
    async fn keep_up(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut tick = interval(ASK_EVERY);
        loop {
            tokio::select! {
                count = self.waiting.recv_many(&mut batch, BATCH) => if count == 0 {
                    return;
                },
                () = self.link.came_up() => {}
                _ = tick.tick() => {}
            }
            if self.link.is_up() && self.is_lossy.swap(false, Ordering::Relaxed) {
                batch.push(self.exchange.lost());
            }
            let sent = join_all(batch.drain(..).map(|message| self.send(message))).await;
            let lost = sent.into_iter().filter(|sent| !sent).count();
            if lost > 0 {
                lose(&self.is_lossy, u64::try_from(lost).unwrap_or(u64::MAX));
            }
        }
    }

    async fn send(&self, message: String) -> bool {
        let told = self
            .link
            .client
            .publish::<u32, _, _>(self.channel.as_str(), message);
        self.link.ask(USE, told).await.is_some()
    }
}

/// What hears.
struct Hearing {
    subscriber: SubscriberClient,
    channel: String,
    exchange: Arc<Exchange>,
    is_subscribed: AtomicBool,
    /// Whether something may have been said before the next subscription that nobody here heard.
    may_have_missed: AtomicBool,
}

impl Hearing {
    async fn keep_up(self) {
        tokio::select! {
            () = self.listen() => {}
            () = self.tell_of_silence() => {}
        }
    }

    /// Tells of a gap as long as nothing is heard: what is awaited here is then looked for in the store.
    async fn tell_of_silence(&self) {
        let mut tick = interval_at(Instant::now() + TELL_EVERY, TELL_EVERY);
        loop {
            tick.tick().await;
            let is_subscribed = self.is_subscribed.load(Ordering::Relaxed);
            if !is_subscribed || !self.subscriber.is_connected() {
                self.may_have_missed.store(true, Ordering::Relaxed);
                self.exchange.gap();
            }
        }
    }

    async fn listen(&self) {
        let mut connected = self.subscriber.reconnect_rx();
        let mut messages = self.subscriber.message_rx();
        let mut connecting = self.subscriber.connect();
        let mut ask = interval(ASK_EVERY);
        loop {
            tokio::select! {
                server = connected.recv() => {
                    if matches!(server, Err(RecvError::Closed)) {
                        return;
                    }
                    // From here on only the very first connection is one before which there was nothing to hear.
                    if self.subscribed().await && self.may_have_missed.swap(true, Ordering::Relaxed) {
                        self.exchange.gap();
                    }
                }
                message = messages.recv() => match message {
                    Ok(message) => if let Some(text) = message.value.as_str() {
                        self.exchange.hear(&text);
                    },
                    Err(RecvError::Lagged(_)) => self.exchange.gap(),
                    Err(RecvError::Closed) => return,
                },
                _ = ask.tick() => {
                    // Refused credentials end fred's own attempts: they may be set right at the other end.
                    if connecting.is_finished() {
                        connecting = self.subscriber.connect();
                    }
                    self.ask().await;
                }
            }
        }
    }

    async fn subscribed(&self) -> bool {
        let subscribing = self.subscriber.subscribe(self.channel.as_str());
        let is_well = matches!(timeout(PATIENCE, subscribing).await, Ok(Ok(())));
        self.note(is_well);
        if !is_well {
            self.connect_anew().await;
        }
        is_well
    }

    /// Asks a silent connection whether it lives.
    async fn ask(&self) {
        if !self.subscriber.is_connected() {
            return;
        }
        let answer = self.subscriber.ping::<()>(None);
        if !matches!(timeout(PATIENCE, answer).await, Ok(Ok(()))) {
            self.connect_anew().await;
        }
    }

    fn note(&self, is_subscribed: bool) {
        self.is_subscribed.store(is_subscribed, Ordering::Relaxed);
        let value = if is_subscribed { 1.0 } else { 0.0 };
        ::metrics::gauge!(FANOUT_UP, TRANSPORT).set(value);
    }

    async fn connect_anew(&self) {
        self.note(false);
        if let Err(fault) = self.subscriber.force_reconnection().await {
            tracing::debug!(%fault, "news from Redis are not heard");
        }
    }
}
