//! All clients together.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};

use super::client::{Client, Missed, Notes, Seated};
use crate::report::quantile_ms;

/// How often a wait looks whether it is over.
const LOOK: Duration = Duration::from_millis(5);
/// How many come back at once.
const BACK_AT_ONCE: usize = 64;

/// Clients and what they note.
pub struct Crowd {
    address: SocketAddr,
    tokens: Vec<String>,
    rooms: Vec<String>,
    pub notes: Arc<Notes>,
    /// Where those come whose connection the server ended.
    ended: (
        mpsc::UnboundedSender<Client>,
        mpsc::UnboundedReceiver<Client>,
    ),
    slow: usize,
    listening: JoinSet<()>,
}

impl Default for Crowd {
    fn default() -> Self {
        Self::of(([127, 0, 0, 1], 0).into(), Vec::new(), Vec::new())
    }
}

impl Crowd {
    pub fn of(address: SocketAddr, tokens: Vec<String>, rooms: Vec<String>) -> Self {
        Self {
            address,
            tokens,
            rooms,
            notes: Arc::new(Notes {
                quick: AtomicUsize::new(0),
                slow: AtomicUsize::new(0),
                closed: AtomicUsize::new(0),
                is_timed: AtomicBool::new(false),
                comments: Mutex::default(),
                is_paused: watch::Sender::new(false),
                is_over: watch::Sender::new(false),
            }),
            ended: mpsc::unbounded_channel(),
            slow: 0,
            listening: JoinSet::new(),
        }
    }

    /// Where the server listens, and the token of one of its people.
    pub fn server(&self) -> (SocketAddr, &[String]) {
        (self.address, &self.tokens)
    }

    /// So many connect and stay. With `seconds` each begins at its time, however many are under way.
    pub async fn connect(
        &mut self,
        count: usize,
        slow_from: usize,
        at_once: usize,
        seconds: u64,
    ) -> Value {
        let clients = (0..count).map(|number| Client {
            address: self.address,
            token: self
                .tokens
                .get(number % self.tokens.len().max(1))
                .cloned()
                .unwrap_or_default(),
            rooms: self.rooms.clone(),
            is_slow: number >= slow_from,
            last: None,
        });
        self.slow = count.saturating_sub(slow_from);
        let clients: Vec<Client> = clients.collect();
        self.seat(clients, at_once, Duration::from_secs(seconds))
            .await
    }

    async fn seat(&mut self, clients: Vec<Client>, at_once: usize, over: Duration) -> Value {
        let (places, began) = (Arc::new(Semaphore::new(at_once)), Instant::now());
        let each = over / u32::try_from(clients.len().max(1)).unwrap_or(u32::MAX);
        let mut under_way: JoinSet<(io::Result<Seated>, Duration)> = JoinSet::new();
        for (number, client) in (0u32..).zip(clients) {
            let (places, at) = (Arc::clone(&places), began + each * number);
            under_way.spawn(async move {
                let _place = places.acquire_owned().await;
                sleep_until(at.into()).await;
                let asked = Instant::now();
                (client.connect().await, asked.elapsed())
            });
        }
        let (mut failures, mut micros, mut missed) = (Vec::new(), Vec::new(), BTreeMap::new());
        while let Some(joined) = under_way.join_next().await {
            match joined {
                Ok((Ok(seated), took)) => {
                    micros.push(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
                    *missed.entry(word(seated.missed)).or_insert(0_usize) += 1;
                    let (notes, ended) = (Arc::clone(&self.notes), self.ended.0.clone());
                    self.listening.spawn(seated.listen(notes, ended));
                }
                Ok((Err(error), _)) => failures.push(error.to_string()),
                Err(error) => failures.push(error.to_string()),
            }
        }
        micros.sort_unstable();
        json!({
            "connected": micros.len(), "failures": failures.len(), "failure": failures.first(),
            "seconds": began.elapsed().as_secs_f64(), "missed": missed,
            "p50_ms": quantile_ms(&micros, 50), "p99_ms": quantile_ms(&micros, 99), "max_ms": quantile_ms(&micros, 100),
        })
    }

    /// What was heard is counted from nothing.
    pub fn reset(&self) {
        for count in [&self.notes.quick, &self.notes.slow, &self.notes.closed] {
            count.store(0, Ordering::Relaxed);
        }
    }

    /// Waits until those who read have heard so many events.
    pub async fn heard(&self, events: usize, seconds: u64) -> Value {
        let began = Instant::now();
        let all = || {
            let slow = self.notes.slow.load(Ordering::Relaxed);
            let is_paused = *self.notes.is_paused.borrow();
            self.notes.quick.load(Ordering::Relaxed) + if is_paused { 0 } else { slow }
        };
        while all() < events && began.elapsed() < Duration::from_secs(seconds) {
            sleep(LOOK).await;
        }
        json!({ "heard": all(), "closed": self.notes.closed.load(Ordering::Relaxed), "seconds": began.elapsed().as_secs_f64() })
    }

    pub fn pause(&self) {
        self.notes.is_paused.send_replace(true);
    }

    /// The slow read what is left for them, find that the server has closed them, and come back; those that it has not
    /// closed within the time stay as they are.
    pub async fn resume(&mut self, seconds: u64) -> Value {
        self.notes.is_paused.send_replace(false);
        let mut back = Vec::new();
        let gathered = timeout(Duration::from_secs(seconds), async {
            while back.len() < self.slow {
                match self.ended.1.recv().await {
                    Some(client) => back.push(client),
                    None => break,
                }
            }
        });
        let is_all = gathered.await.is_ok();
        let dropped = back.len();
        let told = self.seat(back, BACK_AT_ONCE, Duration::ZERO).await;
        json!({ "dropped": dropped, "all_were": is_all, "back": told })
    }

    /// Everybody hangs up.
    pub async fn leave(&mut self) {
        self.notes.is_over.send_replace(true);
        while self.listening.join_next().await.is_some() {}
        self.notes.is_over.send_replace(false);
    }
}

const fn word(missed: Missed) -> &'static str {
    match missed {
        Missed::Nothing => "nothing",
        Missed::Items(_) => "items",
        Missed::Reset => "reset",
    }
}
