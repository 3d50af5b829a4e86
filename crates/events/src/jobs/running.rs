//! The loop that keeps the workers busy while the program runs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use super::store::{End, Finished};
use super::workers::Workers;
use super::{Job, JobId};
use crate::stop::Stop;

/// What the loop has under way, and what has ended but is not written yet.
struct UnderWay {
    workers: Arc<Workers>,
    attempts: JoinSet<Finished>,
    jobs: HashMap<JobId, Job>,
    ended: Vec<Finished>,
}

impl Workers {
    /// Works until told to stop, then lets what is under way finish.
    pub(crate) async fn work(self: Arc<Self>, wake: Arc<Notify>, mut stop: Stop) {
        let (mut tick, mut renewal) = (interval(self.poll), interval(self.lease / 3));
        let mut under_way = UnderWay::new(self);
        while !stop.is_now() {
            if under_way.turn().await {
                continue;
            }
            tokio::select! {
                () = stop.comes() => break,
                () = wake.notified() => {}
                _ = tick.tick() => {}
                () = under_way.one_ends() => {}
                _ = renewal.tick() => under_way.renew().await,
            }
        }
        under_way.finish(stop.grace()).await;
    }
}

impl UnderWay {
    fn new(workers: Arc<Workers>) -> Self {
        Self {
            workers,
            attempts: JoinSet::new(),
            jobs: HashMap::new(),
            ended: Vec::new(),
        }
    }

    /// Writes what has ended and starts what is due. True if there may be more to start at once.
    async fn turn(&mut self) -> bool {
        let busy = u32::try_from(self.attempts.len()).unwrap_or(u32::MAX);
        let free = self.workers.at_once.saturating_sub(busy);
        let limit = free.min(self.workers.batch);
        match self.workers.turn(self.ended.as_slice().into(), limit).await {
            Ok(jobs) => {
                self.forget_ended();
                let full = u32::try_from(jobs.len()).is_ok_and(|count| count == limit);
                self.start(jobs);
                full && free > limit
            }
            Err(error) => {
                tracing::warn!(%error, "no jobs were claimed; the next poll tries again");
                false
            }
        }
    }

    fn start(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            self.jobs.insert(job.id, job.clone());
            self.attempts.spawn(Arc::clone(&self.workers).attempt(job));
        }
        self.workers.busy.send_replace(self.jobs.len());
    }

    fn forget_ended(&mut self) {
        for finished in std::mem::take(&mut self.ended) {
            self.forget(&finished.job);
        }
        self.workers.busy.send_replace(self.jobs.len());
    }

    /// A later attempt of the same job stays.
    fn forget(&mut self, job: &Job) {
        if self
            .jobs
            .get(&job.id)
            .is_some_and(|latest| latest.attempts == job.attempts)
        {
            self.jobs.remove(&job.id);
        }
    }

    /// Waits for an attempt to end, for ever if none is under way.
    async fn one_ends(&mut self) {
        match self.attempts.join_next().await {
            Some(Ok(finished)) => self.ended.push(finished),
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
        while let Some(Ok(finished)) = self.attempts.try_join_next() {
            self.ended.push(finished);
        }
    }

    async fn renew(&self) {
        let attempts = self
            .jobs
            .values()
            .map(|job| (job.id, job.attempts))
            .collect();
        if let Err(error) = self.workers.renew(attempts).await {
            tracing::warn!(%error, "the leases of running jobs were not extended");
        }
    }

    async fn finish(mut self, grace: Duration) {
        let all = async {
            while let Some(attempt) = self.attempts.join_next().await {
                self.ended.extend(attempt.ok());
            }
        };
        // What is not done in time is given back below.
        let _ = timeout(grace, all).await;
        self.attempts.shutdown().await;
        let mut ended = std::mem::take(&mut self.ended);
        for finished in &ended {
            self.forget(&finished.job);
        }
        let cut_off = self.jobs.drain().map(|(_, job)| Finished {
            job,
            end: End::GivenBack,
        });
        ended.extend(cut_off);
        if let Err(error) = self.workers.turn(ended.into(), 0).await {
            tracing::warn!(%error, "the ends of the last jobs were not written; their leases run out");
        }
        self.workers.busy.send_replace(0);
    }
}
