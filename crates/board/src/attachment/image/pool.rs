//! The threads that make pictures anew: few, and few that wait for them, so that pictures never take the machine.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::turns::Turn;
use super::{Remade, Spoiled, remake};
use crate::attachment::blob::Incoming;
use crate::attachment::kind::Picture;

/// How long one picture may take.
const LONGEST: Duration = Duration::from_secs(10);
/// How many wait for each thread.
const WAITING: usize = 8;

struct Job {
    from: PathBuf,
    picture: Picture,
    to: Incoming,
    /// Held until the picture is done, also where nobody waits for it any more.
    _turn: Turn,
    reply: oneshot::Sender<Result<Remade, Spoiled>>,
}

/// The threads. They end when it is dropped and what they do is done.
pub(in crate::attachment) struct Pictures(SyncSender<Job>);

impl Pictures {
    /// So many threads.
    ///
    /// # Errors
    /// What the system says.
    pub(in crate::attachment) fn start(threads: NonZeroUsize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING * threads.get());
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads.get() {
            let receiver = Arc::clone(&receiver);
            let named = thread::Builder::new().name(format!("picture-{number}"));
            named.spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Makes a picture anew on one of the threads. The file at `from` must be there until the answer is.
    ///
    /// # Errors
    /// [`Spoiled`]
    pub(in crate::attachment) async fn remake(
        &self,
        from: PathBuf,
        picture: Picture,
        to: Incoming,
        turn: Turn,
    ) -> Result<Remade, Spoiled> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            from,
            picture,
            to,
            _turn: turn,
            reply,
        };
        self.0.try_send(job).map_err(|_| Spoiled::Busy)?;
        answer.await.unwrap_or(Err(Spoiled::Broken))
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    while let Some(job) = next(waiting) {
        if job.reply.is_closed() {
            continue;
        }
        let until = Instant::now() + LONGEST;
        // A codec that panics over a picture has not read it.
        let made = catch_unwind(AssertUnwindSafe(|| {
            remake(&job.from, job.picture, job.to, until)
        }));
        let _ = job.reply.send(made.unwrap_or(Err(Spoiled::Broken)));
    }
}

fn next(waiting: &Mutex<Receiver<Job>>) -> Option<Job> {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.recv().ok()
}
