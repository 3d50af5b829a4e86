//! Password and PIN hashing: Argon2id on threads of its own, with a bounded queue.
//!
//! A caller first takes a [`Place`]; when none is left it answers 503 and has spent nothing. The place
//! counts until its work is done, also when nobody waits for it any more. Hashes that another system
//! made are verified too, within bounds, and asked to be made anew.
//!
//! Invariants: no hash runs on the threads that serve requests; the memory of a hash is wiped after it;
//! a verification of nobody's hash takes as long as one of somebody's.

mod argon;
mod settings;
mod stored;
#[cfg(test)]
mod tests;
mod worker;

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::Instant;

use hanok_base::Random;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::metrics::HashMeter;
use argon::Cost;
pub use settings::HashSettings;
use stored::Stored;
pub use stored::StoredFault;
use worker::{Job, Reply, Spare, Work};

/// As many hashes run and wait as may. Nothing was spent; trying again in a second is fair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hash queue is full")]
pub struct Busy;

/// Why a hash was not computed: a fault of the server, never of what was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashFault {
    /// The system has not enough memory for it.
    #[error("no memory for a hash")]
    OutOfMemory,
    /// The hashing thread failed.
    #[error("the hash was lost")]
    Lost,
}

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The secret is the one that was hashed.
    pub ok: bool,
    /// The hash is not Argon2id at today's cost: where `ok`, hash again and store that.
    pub needs_upgrade: bool,
}

/// Threads that hash. Cloning shares them; they end with the last clone and its places.
#[derive(Clone)]
pub struct HashPool {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
}

struct Shared {
    cost: Cost,
    random: Random,
    capacity: usize,
    taken: AtomicUsize,
    hashes: AtomicU64,
    refusals: AtomicU64,
    meter: HashMeter,
    spare: Spare,
}

impl HashPool {
    /// Starts the threads. Memory is taken by the first hash and kept for the next, until none comes for long.
    ///
    /// # Errors
    /// When the settings have [problems](HashSettings::problems) or a thread cannot be started.
    pub fn start(settings: &HashSettings, random: Random) -> io::Result<Self> {
        if let Some(problem) = settings.problems().into_iter().next() {
            return Err(io::Error::other(format!(
                "{}: {}",
                problem.key, problem.message
            )));
        }
        let threads = settings.thread_count();
        let shared = Arc::new(Shared {
            cost: Cost {
                memory: settings.memory_kib,
                passes: settings.passes,
                lanes: settings.lanes,
            },
            random,
            capacity: threads + settings.queue,
            taken: AtomicUsize::new(0),
            hashes: AtomicU64::new(0),
            refusals: AtomicU64::new(0),
            meter: HashMeter::new(),
            spare: Spare::default(),
        });
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads {
            start_thread(number, &waiting, &shared)?;
        }
        Ok(Self { shared, jobs })
    }

    /// Takes a place among those that run and wait. A place that is dropped unused is free again.
    ///
    /// # Errors
    /// [`Busy`] when all are taken.
    pub fn reserve(&self) -> Result<Place, Busy> {
        let shared = &self.shared;
        let take = |taken: usize| (taken < shared.capacity).then_some(taken + 1);
        if shared
            .taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, take)
            .is_err()
        {
            shared.refusals.fetch_add(1, Ordering::Relaxed);
            shared.meter.refused();
            return Err(Busy);
        }
        Ok(Place {
            slot: Slot(Arc::clone(shared)),
            jobs: self.jobs.clone(),
        })
    }

    /// How many may run and wait.
    pub fn capacity(&self) -> usize {
        self.shared.capacity
    }

    /// How many places are taken now.
    pub fn taken(&self) -> usize {
        self.shared.taken.load(Ordering::Acquire)
    }

    /// How many hashes were begun since the start, those of nobody included.
    pub fn hashes(&self) -> u64 {
        self.shared.hashes.load(Ordering::Acquire)
    }

    /// How many times [`reserve`](Self::reserve) found no place.
    pub fn refusals(&self) -> u64 {
        self.shared.refusals.load(Ordering::Relaxed)
    }
}

fn start_thread(
    number: usize,
    waiting: &Arc<Mutex<Receiver<Job>>>,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    let (waiting, shared) = (Arc::clone(waiting), Arc::clone(shared));
    let thread = thread::Builder::new().name(format!("hash-{number}"));
    thread
        .spawn(move || worker::work(&waiting, &shared))
        .map(drop)
}

/// A taken place; given back when it is dropped.
struct Slot(Arc<Shared>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A place in the pool, good for one call. The work begins with the call, not with the first poll.
#[must_use = "a place that is dropped is given back"]
pub struct Place {
    slot: Slot,
    jobs: Sender<Job>,
}

impl Place {
    /// Hashes a secret with a new salt, to a PHC string `$argon2id$v=19$…`.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn hash(self, secret: &[u8]) -> Answer<String> {
        let salt = self.slot.0.random.bytes();
        self.send(secret, |reply| Work::Hash { salt, reply })
    }

    /// Whether the secret is the one behind `stored`, of any kind this module reads. What it does not
    /// read, or what would cost too much, fails after as long as a hash takes.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn verify(self, secret: &[u8], stored: &str) -> Answer<Verdict> {
        let stored = Stored::parse(stored).ok().map(Box::new);
        self.send(secret, |reply| Work::Verify { stored, reply })
    }

    /// Takes as long as [`verify`](Self::verify) of a current hash, and fails: for an account that does
    /// not exist.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn verify_dummy(self, secret: &[u8]) -> Answer<Verdict> {
        self.send(secret, |reply| Work::Verify {
            stored: None,
            reply,
        })
    }

    /// Whether the secret is behind any of these: for "not one of the last five". One place, as many
    /// hashes as are needed.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn matches_any<S: AsRef<str>>(self, secret: &[u8], stored: &[S]) -> Answer<bool> {
        let stored = stored
            .iter()
            .filter_map(|text| Stored::parse(text.as_ref()).ok())
            .collect();
        self.send(secret, |reply| Work::MatchAny { stored, reply })
    }

    fn send<T>(self, secret: &[u8], work: impl FnOnce(Reply<T>) -> Work) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        let secret = Zeroizing::new(secret.to_vec());
        // Where the threads are gone, the job is dropped here and the answer is `Lost`.
        let _ = self.jobs.send(Job {
            secret,
            work: work(reply),
            slot: self.slot,
            sent: Instant::now(),
        });
        Answer(answer)
    }
}

/// What a [`Place`] was used for, to be awaited. Dropped before its work began, the work is left out.
#[must_use = "futures do nothing unless awaited"]
pub struct Answer<T>(oneshot::Receiver<Result<T, HashFault>>);

impl<T> Future for Answer<T> {
    type Output = Result<T, HashFault>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|came| came.unwrap_or(Err(HashFault::Lost)))
    }
}

/// Whether [`Place::verify`] can read this hash, before it is imported.
///
/// # Errors
/// [`StoredFault`]: unknown, damaged or too costly.
pub fn check_stored(stored: &str) -> Result<(), StoredFault> {
    Stored::parse(stored).map(drop)
}
