//! Claiming due jobs with a lease, by one statement that works on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{DbError, Param, Tx, Value, params};
use uuid::Uuid;

use super::{Job, JobHandler};

/// Claims the jobs of all kinds that share a lane limit.
#[derive(Debug)]
pub(crate) struct Claim {
    lane_limit: u32,
    kinds: Vec<&'static str>,
    statement: String,
}

/// Who claims, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claimant {
    pub(crate) holder: Uuid,
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
}

/// One claim for each lane limit that occurs, nearly always a single one.
pub(crate) fn claims(handlers: &[Arc<dyn JobHandler>]) -> Vec<Claim> {
    let mut kinds_of = BTreeMap::<u32, Vec<&'static str>>::new();
    for handler in handlers {
        kinds_of
            .entry(handler.lane_limit().max(1))
            .or_default()
            .push(handler.kind());
    }
    let claims = kinds_of.into_iter();
    claims
        .map(|(lane_limit, kinds)| Claim::new(lane_limit, kinds))
        .collect()
}

impl Claim {
    fn new(lane_limit: u32, kinds: Vec<&'static str>) -> Self {
        let places: Vec<String> = (6..6 + kinds.len())
            .map(|place| format!("${place}"))
            .collect();
        let statement = format!("{BEFORE_KINDS}{}{AFTER_KINDS}", places.join(", "));
        Self {
            lane_limit,
            kinds,
            statement,
        }
    }

    /// Claims at most `limit` due jobs and returns them in the order they were due in.
    pub(crate) async fn take(
        &self,
        tx: &mut Tx,
        by: Claimant,
        limit: u32,
    ) -> Result<Vec<Job>, DbError> {
        let fixed: [Value<'_>; 5] = *params![by.now, self.lane_limit, limit, by.until, by.holder];
        let mut values = fixed.to_vec();
        values.extend(self.kinds.iter().map(Param::value));
        let mut jobs: Vec<Job> = tx.all(&self.statement, &values).await?;
        jobs.sort_by_key(|job| (job.run_at, job.id));
        Ok(jobs)
    }
}

// `lanes` walks the distinct lanes by index, one step each, however many jobs they hold. `steps` walks
// each lane's first due jobs behind those under way, which are counted wherever they stand, up to the
// lane limit: nothing further is looked at, so the backlog of a stuck lane costs nothing. The place in
// the lane comes first in the order, so a free worker goes to the lane with the fewest jobs under way. Every look is one row by
// index, written as a scalar subquery that no planner turns into a scan. The picked rows are locked in a
// CTE of their own: PostgreSQL may run a subquery with SKIP LOCKED more than once, a CTE never.
const BEFORE_KINDS: &str = "\
WITH RECURSIVE lanes (lane) AS (
  SELECT MIN(lane) FROM job
  UNION ALL
  SELECT (SELECT MIN(n.lane) FROM job n WHERE n.lane > l.lane) FROM lanes l WHERE l.lane IS NOT NULL
), steps (lane, place, id) AS (
  SELECT l.lane, CAST(1 AS BIGINT) + (SELECT COUNT(*) FROM job b WHERE b.lane = l.lane AND b.leased_until > $1),
         (SELECT d.id FROM job d WHERE d.lane = l.lane AND d.run_at <= $1
          AND (d.leased_until IS NULL OR d.leased_until <= $1)
          ORDER BY d.run_at, d.id LIMIT 1)
  FROM lanes l WHERE l.lane IS NOT NULL
  UNION ALL
  SELECT s.lane, s.place + 1,
         (SELECT d.id FROM job d WHERE d.lane = s.lane AND d.run_at <= $1
          AND (d.leased_until IS NULL OR d.leased_until <= $1)
          AND (d.run_at, d.id) > ((SELECT p.run_at FROM job p WHERE p.id = s.id), s.id)
          ORDER BY d.run_at, d.id LIMIT 1)
  FROM steps s WHERE s.id IS NOT NULL AND s.place < $2
), found AS MATERIALIZED (
  SELECT s.place, s.id, (SELECT CASE WHEN j.kind IN (";
const AFTER_KINDS: &str = concatcp!(
    ") THEN COALESCE(j.leased_until, 0) END FROM job j WHERE j.id = s.id) AS leased_until
  FROM steps s WHERE s.id IS NOT NULL AND s.place <= $2
), picked AS MATERIALIZED (
  SELECT f.id FROM found f WHERE f.leased_until <= $1 ORDER BY f.place, f.id LIMIT $3
), locked AS MATERIALIZED (
  SELECT j.id FROM job j WHERE j.id IN (SELECT id FROM picked)
  AND (j.leased_until IS NULL OR j.leased_until <= $1) /*skip_locked*/
)
UPDATE job SET attempts = attempts + 1, leased_until = $4, lease_holder = $5,
  faults = faults + CASE WHEN leased_until IS NULL THEN 0 ELSE 1 END
WHERE id IN (SELECT id FROM locked)
RETURNING ",
    Job::COLUMNS
);
