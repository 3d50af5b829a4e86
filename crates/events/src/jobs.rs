//! Jobs: work that reaches outside (mail, callbacks) or takes long, written in the unit that wants it.
//!
//! A job belongs to a lane, usually its destination. Of one lane only a few jobs are under way at once,
//! and free workers go to the lane that has the fewest, so a slow destination delays nobody else.

mod claim;
mod running;
pub(crate) mod store;
pub(crate) mod workers;

use std::future::ready;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::{Clock, Id, Random, Timestamp};
use hanok_db::{DbError, Tx};
use serde::de::DeserializeOwned;

use crate::wake::Wake;

/// The id of a job.
pub type JobId = Id<Job>;

hanok_db::record! {
    /// A job as its handler receives it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Job {
        /// Its id, the same at every attempt.
        pub id: JobId,
        /// Which handler runs it.
        pub kind: String,
        /// What it shares its slots with, usually a destination.
        pub lane: String,
        /// UTF-8 JSON.
        pub payload: String,
        /// When it was due.
        pub run_at: Timestamp,
        /// Which attempt this is; the first is 1. Attempts that a crash cut off count.
        pub attempts: u32,
        /// How many attempts crashed, ran out of time or were lost with their process.
        pub faults: u32,
        /// When it was enqueued.
        pub created_at: Timestamp,
    }
}

impl Job {
    /// Reads the payload.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.payload)
    }
}

/// A job to be enqueued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which handler runs it.
    pub kind: &'static str,
    /// What it shares its slots with, usually a destination. All jobs of a lane are of one kind.
    pub lane: String,
    /// Ids and public words only, as in events.
    pub payload: serde_json::Value,
    /// Not before this; a moment that has passed means now.
    pub run_at: Timestamp,
}

/// Enqueues jobs. Cloning shares the sources.
#[derive(Clone, Debug)]
pub struct Jobs {
    clock: Clock,
    random: Random,
    wake: Wake,
}

impl Jobs {
    /// A queue whose workers are roused by `wake`.
    pub fn new(clock: Clock, random: Random, wake: &Wake) -> Self {
        Self {
            clock,
            random,
            wake: wake.clone(),
        }
    }

    /// Writes `job` into the unit: it is run if and only if the unit commits.
    pub async fn enqueue(&self, tx: &mut Tx, job: NewJob) -> Result<JobId, DbError> {
        let id = JobId::new(&self.clock, &self.random);
        let now = self.clock.now();
        let payload = job.payload.to_string();
        let (lane, run_at) = (job.lane.as_str(), job.run_at.max(now));
        let row = store::Row {
            id,
            kind: job.kind,
            lane,
            payload: &payload,
            run_at,
        };
        store::insert(tx, &row, now).await?;
        if run_at == now {
            let wake = self.wake.clone();
            tx.after_commit(move || wake.jobs.notify_one());
        }
        Ok(id)
    }
}

/// Runs the jobs of one kind. A job may run more than once (a process may die after the work and before
/// it is noted), so running it twice must do no harm.
pub trait JobHandler: Send + Sync {
    /// The kind of job it runs, unique in the program and never changed.
    fn kind(&self) -> &'static str;

    /// Does the work. A panic counts as a fault and the job is tried again.
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome>;

    /// Most jobs of one lane under way at once, over all processes.
    fn lane_limit(&self) -> u32 {
        4
    }

    /// How long one attempt may take before it is cut off, which counts as a fault.
    fn time_limit(&self) -> Duration {
        Duration::from_mins(1)
    }

    /// Notes, in the unit that makes a dead letter of `job`, that it will not be tried again. It is called however that
    /// came about: also where the job crashed or was lost with its process too often, of which
    /// [`run`](Self::run) learns nothing.
    ///
    /// # Errors
    /// The store's.
    fn buried<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _job: &'a Job,
        _reason: &'a str,
    ) -> BoxFuture<'a, Result<(), DbError>> {
        Box::pin(ready(Ok(())))
    }
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; the job is removed.
    Done,
    /// It is to be tried again.
    Retry {
        /// When; a moment that has passed means now.
        at: Timestamp,
        /// Why, for operators; no personal data.
        reason: String,
    },
    /// It is given up and becomes a dead letter.
    Dead {
        /// Why, for operators; no personal data.
        reason: String,
    },
}
