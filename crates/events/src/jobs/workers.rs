//! The workers of this process: they claim due jobs, run them side by side and write their ends.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use hanok_base::{Clock, Random};
use hanok_db::{Db, DbError, Tx};
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::claim::{Claim, Claimant, claims};
use super::store::{self, End, Finished, Writer};
use super::{Job, JobHandler, JobId, Outcome};
use crate::backoff::Backoff;
use crate::config::EventsConfig;
use crate::lease::process_id;
use crate::metrics;

/// What runs the jobs, by kind.
pub(super) type Handlers = Arc<HashMap<&'static str, Arc<dyn JobHandler>>>;

pub(crate) struct Workers {
    db: Db,
    clock: Clock,
    random: Random,
    handlers: Handlers,
    claims: Arc<[Claim]>,
    holder: Uuid,
    pub(super) lease: Duration,
    pub(super) poll: Duration,
    pub(super) batch: u32,
    pub(super) at_once: u32,
    max_faults: u32,
    backoff: Backoff,
    /// How many jobs the running loop has under way.
    pub(super) busy: watch::Sender<usize>,
}

impl Workers {
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        random: Random,
        config: &EventsConfig,
        handlers: Vec<Arc<dyn JobHandler>>,
    ) -> Self {
        let holder = process_id(&clock, &random);
        let claims = claims(&handlers).into();
        let by_kind = handlers
            .into_iter()
            .map(|handler| (handler.kind(), handler));
        Self {
            db,
            clock,
            random,
            handlers: Arc::new(by_kind.collect()),
            claims,
            holder,
            lease: config.lease(),
            poll: config.poll(),
            batch: config.batch,
            at_once: config.workers,
            max_faults: config.max_attempts,
            backoff: config.backoff(),
            busy: watch::Sender::new(0),
        }
    }

    /// One unit: writes the ends of attempts, then claims at most `limit` due jobs.
    pub(super) async fn turn(
        &self,
        finished: Arc<[Finished]>,
        limit: u32,
    ) -> Result<Vec<Job>, DbError> {
        if finished.is_empty() && limit == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let by = Claimant {
            holder: self.holder,
            now,
            until: now.plus(self.lease),
        };
        let (claims, handlers) = (Arc::clone(&self.claims), Arc::clone(&self.handlers));
        let (clock, random) = (self.clock.clone(), self.random.clone());
        let ends = Arc::clone(&finished);
        let unit = async move |tx: &mut Tx| {
            let writer = Writer {
                holder: by.holder,
                now,
                clock: &clock,
                random: &random,
                handlers: &handlers,
            };
            let mut news = Vec::new();
            for end in ends.iter() {
                news.push(writer.write(tx, end).await?);
            }
            Ok::<_, DbError>((claim(tx, &claims, by, limit).await?, news))
        };
        let (jobs, news) = self.db.write(unit).await?;
        for (end, news) in finished.iter().zip(news) {
            if let Some(news) = news {
                news.tell(end);
            }
        }
        Ok(jobs)
    }

    /// Runs one attempt to its end. It never panics.
    pub(super) async fn attempt(self: Arc<Self>, job: Job) -> Finished {
        let started = Instant::now();
        let end = if job.faults >= self.max_faults {
            let reason =
                "crashed, ran out of time or was lost with its process too often".to_owned();
            End::Dead { reason }
        } else {
            self.run(&job).await
        };
        metrics::job_ended(&job.kind, &end, started.elapsed());
        Finished { job, end }
    }

    async fn run(&self, job: &Job) -> End {
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return End::GivenBack;
        };
        let work = AssertUnwindSafe(async { handler.run(job).await }).catch_unwind();
        match tokio::time::timeout(handler.time_limit(), work).await {
            Ok(Ok(Outcome::Done)) => End::Done,
            Ok(Ok(Outcome::Retry { at, reason })) => End::Again {
                at,
                reason,
                fault: false,
            },
            Ok(Ok(Outcome::Dead { reason })) => End::Dead { reason },
            Ok(Err(_)) => self.fault(job, "the job panicked"),
            Err(_) => self.fault(job, "the job ran out of time"),
        }
    }

    fn fault(&self, job: &Job, reason: &str) -> End {
        let faults = job.faults.saturating_add(1);
        tracing::error!(job = %job.id, kind = job.kind, faults, reason, "job failed");
        let reason = reason.to_owned();
        if faults >= self.max_faults {
            return End::Dead { reason };
        }
        let at = self
            .clock
            .now()
            .plus(self.backoff.delay(faults, &self.random));
        End::Again {
            at,
            reason,
            fault: true,
        }
    }

    /// Extends the leases of the attempts that are under way.
    pub(super) async fn renew(&self, under_way: Vec<(JobId, u32)>) -> Result<(), DbError> {
        if under_way.is_empty() {
            return Ok(());
        }
        let (holder, until) = (self.holder, self.clock.now().plus(self.lease));
        let unit = async move |tx: &mut Tx| {
            for attempt in under_way {
                store::renew(tx, attempt, holder, until).await?;
            }
            Ok::<_, DbError>(())
        };
        self.db.write(unit).await
    }

    /// Runs what is due until nothing is, and waits for what the running loop has under way. Returns how
    /// many attempts it made.
    pub(crate) async fn settle(self: &Arc<Self>) -> Result<usize, DbError> {
        let mut attempts = 0;
        loop {
            let jobs = self.turn(Arc::default(), self.batch).await?;
            if jobs.is_empty() {
                break;
            }
            attempts += jobs.len();
            let running = jobs.into_iter().map(|job| Arc::clone(self).attempt(job));
            self.turn(join_all(running).await.into(), 0).await?;
        }
        let mut busy = self.busy.subscribe();
        if *busy.borrow_and_update() > 0 {
            attempts += 1;
            // The sender lives as long as `self`.
            let _ = busy.wait_for(|count| *count == 0).await;
        }
        Ok(attempts)
    }
}

async fn claim(
    tx: &mut Tx,
    claims: &[Claim],
    by: Claimant,
    limit: u32,
) -> Result<Vec<Job>, DbError> {
    let mut jobs = Vec::new();
    for claim in claims {
        let left = limit.saturating_sub(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
        if left > 0 {
            jobs.extend(claim.take(tx, by, left).await?);
        }
    }
    Ok(jobs)
}
