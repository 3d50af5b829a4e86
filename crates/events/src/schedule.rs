//! Schedules: what is done again and again, once across all processes.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx, params};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};
use uuid::Uuid;

use crate::config::EventsConfig;
use crate::lease::process_id;
use crate::metrics;
use crate::stop::Stop;
use crate::text::shortened;

/// What a schedule does, given the time it was started at. An error's text is stored and shown to
/// operators.
pub type Run = Arc<dyn Fn(Timestamp) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Something that is done again and again. A schedule the store has never seen is due at once. One that
/// failed runs again at its next time, not before.
#[derive(Clone)]
pub struct Schedule {
    /// Its name, unique in the program and never changed.
    pub name: &'static str,
    /// The time from one start to the next. Starts that were missed are not made up for.
    pub every: Duration,
    /// What is done. It may run twice where a process dies in the middle.
    pub run: Run,
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule")
            .field("name", &self.name)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

/// The schedules of this process.
pub(crate) struct Schedules {
    db: Db,
    clock: Clock,
    holder: Uuid,
    lease: Duration,
    poll: Duration,
    all: Vec<Schedule>,
}

hanok_db::record! {
    /// What the store knows of a schedule.
    struct State {
        name: String,
        next_at: Timestamp,
        leased_until: Option<Timestamp>,
    }
}

const STATES: &str = const_format::concatcp!("SELECT ", State::COLUMNS, " FROM schedule");
const MEET: &str = "INSERT INTO schedule (name, next_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const CLAIM: &str = "UPDATE schedule SET leased_until = $3, lease_holder = $4 \
     WHERE name = $1 AND next_at <= $2 AND (leased_until IS NULL OR leased_until <= $2) \
     RETURNING next_at";
const RENEW: &str = "UPDATE schedule SET leased_until = $3 WHERE name = $1 AND lease_holder = $2";
const FINISH: &str = "UPDATE schedule SET next_at = $3, last_at = $4, last_error = $5, \
     leased_until = NULL, lease_holder = NULL WHERE name = $1 AND lease_holder = $2";

impl Schedules {
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        random: &Random,
        config: &EventsConfig,
        schedules: Vec<Schedule>,
    ) -> Self {
        let holder = process_id(&clock, random);
        Self {
            db,
            clock,
            holder,
            lease: config.lease(),
            poll: config.poll(),
            all: schedules,
        }
    }

    /// Starts what is due until told to stop, then lets what is under way finish.
    pub(crate) async fn work(self: Arc<Self>, mut stop: Stop) {
        let mut tick = interval(self.poll);
        let mut under_way = JoinSet::new();
        while !stop.is_now() {
            tokio::select! {
                () = stop.comes() => break,
                _ = tick.tick() => self.start_due(&mut under_way).await,
            }
            while under_way.try_join_next().is_some() {}
        }
        let all = async { while under_way.join_next().await.is_some() {} };
        if timeout(stop.grace(), all).await.is_err() {
            tracing::warn!("a schedule was cut off by the end of the program; its lease runs out");
        }
    }

    async fn start_due(self: &Arc<Self>, under_way: &mut JoinSet<()>) {
        match self.due().await {
            Ok(due) => {
                for schedule in due {
                    let schedules = Arc::clone(self);
                    under_way.spawn(async move { schedules.run_or_warn(schedule).await });
                }
            }
            Err(error) => tracing::warn!(%error, "schedules wait for the next poll"),
        }
    }

    async fn run_or_warn(&self, schedule: Schedule) {
        if let Err(error) = self.run(&schedule).await {
            tracing::warn!(schedule = schedule.name, %error, "the schedule's state was not written");
        }
    }

    /// Runs what is due, one after the other. Returns how many that were.
    pub(crate) async fn run_due(&self) -> Result<usize, DbError> {
        let mut count = 0;
        for schedule in self.due().await? {
            count += usize::from(self.run(&schedule).await?);
        }
        Ok(count)
    }

    async fn due(&self) -> Result<Vec<Schedule>, DbError> {
        let read = async |conn: &mut Conn| conn.all::<State>(STATES, params![]).await;
        let states = self.db.read::<_, DbError, _>(read).await?;
        let states: HashMap<_, _> = states
            .iter()
            .map(|state| (state.name.as_str(), state))
            .collect();
        let now = self.clock.now();
        let is_due = |schedule: &&Schedule| match states.get(schedule.name) {
            Some(state) => {
                state.next_at <= now && state.leased_until.is_none_or(|until| until <= now)
            }
            None => true,
        };
        Ok(self.all.iter().filter(is_due).cloned().collect())
    }

    /// False if another process was first.
    async fn run(&self, schedule: &Schedule) -> Result<bool, DbError> {
        let now = self.clock.now();
        let Some(due_at) = self.claim(schedule.name, now).await? else {
            return Ok(false);
        };
        let outcome = self.keep_lease(schedule, (schedule.run)(now)).await;
        metrics::schedule_ran(schedule.name, outcome.is_ok());
        if let Err(error) = &outcome {
            tracing::error!(schedule = schedule.name, error, "the schedule failed");
        }
        let next_at = next_after(due_at, schedule.every, self.clock.now());
        self.finish(schedule.name, next_at, now, outcome.err())
            .await?;
        Ok(true)
    }

    async fn claim(
        &self,
        name: &'static str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, DbError> {
        let (holder, until) = (self.holder, now.plus(self.lease));
        let unit = async move |tx: &mut Tx| {
            tx.execute(MEET, params![name, now]).await?;
            tx.optional::<Timestamp>(CLAIM, params![name, now, until, holder])
                .await
        };
        self.db.write(unit).await
    }

    async fn keep_lease(
        &self,
        schedule: &Schedule,
        work: BoxFuture<'static, Result<(), String>>,
    ) -> Result<(), String> {
        let mut work = AssertUnwindSafe(work).catch_unwind();
        loop {
            match timeout(self.lease / 3, &mut work).await {
                Ok(outcome) => return outcome.unwrap_or_else(|_| Err("it panicked".to_owned())),
                Err(_) => self.renew(schedule.name).await,
            }
        }
    }

    async fn renew(&self, name: &'static str) {
        let (holder, until) = (self.holder, self.clock.now().plus(self.lease));
        let unit = async move |tx: &mut Tx| tx.execute(RENEW, params![name, holder, until]).await;
        match self.db.write::<_, DbError, _>(unit).await {
            Ok(1..) => {}
            Ok(0) => tracing::warn!(schedule = name, "the lease was lost while the schedule ran"),
            Err(error) => tracing::warn!(schedule = name, %error, "the lease was not extended"),
        }
    }

    async fn finish(
        &self,
        name: &'static str,
        next_at: Timestamp,
        started_at: Timestamp,
        error: Option<String>,
    ) -> Result<(), DbError> {
        let holder = self.holder;
        let unit = async move |tx: &mut Tx| {
            let error = error.as_deref().map(shortened);
            tx.execute(FINISH, params![name, holder, next_at, started_at, error])
                .await
        };
        self.db.write::<_, DbError, _>(unit).await?;
        Ok(())
    }
}

/// The first time after `now` that is a whole number of steps from `due_at`.
fn next_after(due_at: Timestamp, every: Duration, now: Timestamp) -> Timestamp {
    let step = every.as_micros().max(1);
    let missed = now.since(due_at).as_micros() / step;
    let ahead = u64::try_from((missed + 1).saturating_mul(step)).unwrap_or(u64::MAX);
    due_at.plus(Duration::from_micros(ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_keeps_the_step_and_skips_what_was_missed() {
        let at = Timestamp::from_seconds;
        let next = |now| next_after(at(100), Duration::from_secs(10), at(now));
        assert_eq!(
            (next(100), next(109), next(110), next(155)),
            (at(110), at(110), at(120), at(160))
        );
        assert_eq!(next(90), at(110));
    }
}
