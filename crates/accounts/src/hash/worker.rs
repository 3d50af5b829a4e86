//! A hashing thread: takes the next job, does it, wipes its memory, answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hanok_base::secret::constant_time_eq;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::argon::{self, Function, Memory, OUTPUT, SALT};
use super::stored::Stored;
use super::{HashFault, Shared, Slot, Verdict};

/// One call: what to do with which secret. The place is given back before the answer is.
pub struct Job {
    pub secret: Zeroizing<Vec<u8>>,
    pub work: Work,
    pub slot: Slot,
    /// When it was put in line.
    pub sent: Instant,
}

/// Where the answer goes.
pub type Reply<T> = oneshot::Sender<Result<T, HashFault>>;

/// What to do, and whom to tell.
pub enum Work {
    Hash {
        salt: [u8; SALT],
        reply: Reply<String>,
    },
    Verify {
        stored: Option<Box<Stored>>,
        reply: Reply<Verdict>,
    },
    MatchAny {
        stored: Vec<Stored>,
        reply: Reply<bool>,
    },
}

/// How long memory is kept for a next hash.
const KEPT: Duration = Duration::from_secs(30);

/// Works until no pool and no place is left.
pub fn work(waiting: &Mutex<Receiver<Job>>, shared: &Shared) {
    while let Some(job) = next(waiting, &shared.spare, KEPT) {
        let begun = Instant::now();
        shared
            .meter
            .begun(begun.saturating_duration_since(job.sent));
        let memory = shared.spare.take();
        let memory = memory.unwrap_or_else(|| Memory::keeping(shared.cost.memory));
        let mut bench = Bench { shared, memory };
        bench.run(job);
        shared.spare.put(bench.memory);
        shared.meter.ended(begun.elapsed());
    }
}

/// The next job, once there is one. One thread waits for it at a time; where none comes for as long as memory is kept,
/// it gives back what nobody uses.
pub fn next(waiting: &Mutex<Receiver<Job>>, spare: &Spare, kept: Duration) -> Option<Job> {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match waiting.recv_timeout(kept) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Timeout) => spare.give_back(),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// The memory of hashes that were made, for those that follow: the last that was used first.
#[derive(Default)]
pub struct Spare(Mutex<Vec<Memory>>);

impl Spare {
    pub fn take(&self) -> Option<Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub fn put(&self, memory: Memory) {
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spare.push(memory);
    }

    fn give_back(&self) {
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(std::mem::take(&mut *spare));
    }
}

struct Bench<'a> {
    shared: &'a Shared,
    memory: Memory,
}

impl Bench<'_> {
    fn run(&mut self, job: Job) {
        let Job {
            secret, work, slot, ..
        } = job;
        match work {
            Work::Hash { salt, reply } => {
                self.answer(slot, reply, |bench| bench.hash(&secret, &salt));
            }
            Work::Verify { stored, reply } => {
                self.answer(slot, reply, |bench| {
                    bench.verify(&secret, stored.as_deref())
                });
            }
            Work::MatchAny { stored, reply } => {
                self.answer(slot, reply, |bench| bench.match_any(&secret, &stored));
            }
        }
    }

    /// Does what somebody still waits for; a panic is an answer too, and the thread goes on.
    fn answer<T>(
        &mut self,
        slot: Slot,
        reply: Reply<T>,
        work: impl FnOnce(&mut Self) -> Result<T, HashFault>,
    ) {
        if reply.is_closed() {
            return;
        }
        let done = catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or(Err(HashFault::Lost));
        drop(slot);
        let _ = reply.send(done);
    }

    fn hash(&mut self, secret: &[u8], salt: &[u8]) -> Result<String, HashFault> {
        self.count();
        let function = Function::current(self.shared.cost);
        let mut output = argon::output(OUTPUT);
        function.compute(secret, salt, &mut output, &mut self.memory)?;
        Ok(function.phc(salt, &output))
    }

    fn verify(&mut self, secret: &[u8], stored: Option<&Stored>) -> Result<Verdict, HashFault> {
        let Some(stored) = stored else {
            self.hash(secret, &[0; SALT])?;
            return Ok(Verdict {
                ok: false,
                needs_upgrade: false,
            });
        };
        let ok = self.matches(secret, stored)?;
        Ok(Verdict {
            ok,
            needs_upgrade: !stored.is_current(self.shared.cost),
        })
    }

    fn match_any(&mut self, secret: &[u8], stored: &[Stored]) -> Result<bool, HashFault> {
        for one in stored {
            if self.matches(secret, one)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn matches(&mut self, secret: &[u8], stored: &Stored) -> Result<bool, HashFault> {
        self.count();
        let computed = stored.compute(secret, &mut self.memory)?;
        Ok(constant_time_eq(&computed, stored.output()))
    }

    fn count(&self) {
        self.shared.hashes.fetch_add(1, Ordering::AcqRel);
    }
}
