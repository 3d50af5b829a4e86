//! Table `job`: enqueueing and the ends of attempts.

use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{DbError, Tx, params};
use uuid::Uuid;

use super::workers::Handlers;
use super::{Job, JobId};
use crate::dead_letter::{Burial, bury};
use crate::text::shortened;

/// A job to be written.
pub(crate) struct Row<'a> {
    pub(crate) id: JobId,
    pub(crate) kind: &'a str,
    pub(crate) lane: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) run_at: Timestamp,
}

const INSERT: &str = "INSERT INTO job (id, kind, lane, payload, run_at, created_at) \
                      VALUES ($1, $2, $3, $4, $5, $6)";

/// Writes a new job.
pub(crate) async fn insert(tx: &mut Tx, row: &Row<'_>, now: Timestamp) -> Result<(), DbError> {
    let values = params![row.id, row.kind, row.lane, row.payload, row.run_at, now];
    tx.execute(INSERT, values).await?;
    Ok(())
}

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) job: Job,
    pub(crate) end: End,
}

/// How an attempt has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Again {
        at: Timestamp,
        reason: String,
        fault: bool,
    },
    Dead {
        reason: String,
    },
    /// Cut off by the end of the program, through no fault of its own.
    GivenBack,
}

/// Who writes ends down, and when.
pub(crate) struct Writer<'a> {
    pub(crate) holder: Uuid,
    pub(crate) now: Timestamp,
    pub(crate) clock: &'a Clock,
    pub(crate) random: &'a Random,
    /// Who is told of a dead letter.
    pub(super) handlers: &'a Handlers,
}

/// Only the attempt that still has the lease may write its end; `attempts` rises at every claim.
const DONE: &str = "DELETE FROM job WHERE id = $1 AND lease_holder = $2 AND attempts = $3";
const AGAIN: &str = "UPDATE job SET run_at = $4, last_error = $5, faults = faults + $6, \
     leased_until = NULL, lease_holder = NULL \
     WHERE id = $1 AND lease_holder = $2 AND attempts = $3";
const GIVE_BACK: &str = "UPDATE job SET leased_until = NULL, lease_holder = NULL \
     WHERE id = $1 AND lease_holder = $2 AND attempts = $3";

/// Whether the job has not failed before.
const UNHARMED: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM job WHERE id = $1 AND last_error IS NULL";

/// What a person is told of the end of an attempt, once it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    FirstFailure,
    Dead,
    LeaseLost,
}

impl News {
    pub(crate) fn tell(self, finished: &Finished) {
        let Job {
            id,
            kind,
            lane,
            attempts,
            ..
        } = &finished.job;
        match (self, &finished.end) {
            (Self::FirstFailure, End::Again { at, reason, .. }) => {
                let (error, next_try) = (shortened(reason), at.to_rfc3339());
                tracing::warn!(job = %id, kind, lane, attempts, error, next_try, "job failed and is tried again");
            }
            (Self::Dead, End::Dead { reason }) => {
                let error = shortened(reason);
                tracing::error!(job = %id, kind, lane, attempts, error, "job is a dead letter");
            }
            _ => tracing::warn!(job = %id, kind, "the lease was lost before the job ended"),
        }
    }
}

impl Writer<'_> {
    /// Writes the end of an attempt, unless its lease was lost.
    pub(crate) async fn write(
        &self,
        tx: &mut Tx,
        finished: &Finished,
    ) -> Result<Option<News>, DbError> {
        let Finished { job, end } = finished;
        let (id, holder, attempts) = (job.id, self.holder, job.attempts);
        let mut news = None;
        let changed = match end {
            End::Done => tx.execute(DONE, params![id, holder, attempts]).await?,
            End::Again { at, reason, fault } => {
                let unharmed: i64 = tx.one(UNHARMED, params![id]).await?;
                news = (unharmed > 0).then_some(News::FirstFailure);
                let (at, reason, faults) =
                    ((*at).max(self.now), shortened(reason), i64::from(*fault));
                tx.execute(AGAIN, params![id, holder, attempts, at, reason, faults])
                    .await?
            }
            End::Dead { reason } => {
                news = Some(News::Dead);
                self.bury(tx, job, reason).await?
            }
            End::GivenBack => tx.execute(GIVE_BACK, params![id, holder, attempts]).await?,
        };
        Ok(if changed == 0 {
            Some(News::LeaseLost)
        } else {
            news
        })
    }

    async fn bury(&self, tx: &mut Tx, job: &Job, reason: &str) -> Result<u64, DbError> {
        let removed = tx
            .execute(DONE, params![job.id, self.holder, job.attempts])
            .await?;
        if removed > 0 {
            let burial = Burial::of_job(job, reason);
            bury(tx, &burial, self.now, self.clock, self.random).await?;
            if let Some(handler) = self.handlers.get(job.kind.as_str()) {
                handler.buried(tx, job, reason).await?;
            }
        }
        Ok(removed)
    }
}

const RENEW: &str = "UPDATE job SET leased_until = $4 \
                     WHERE id = $1 AND lease_holder = $2 AND attempts = $3";

/// Extends the lease of an attempt that is still under way.
pub(crate) async fn renew(
    tx: &mut Tx,
    (id, attempts): (JobId, u32),
    holder: Uuid,
    until: Timestamp,
) -> Result<(), DbError> {
    tx.execute(RENEW, params![id, holder, attempts, until])
        .await?;
    Ok(())
}
