//! Schedules: once across processes, at their times, whatever becomes of a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::params;
use hanok_events::{Engine, Schedule};
use tokio::sync::Notify;

use crate::house::{House, SETS};

/// Counts its runs; one of them fails, another panics.
struct Counter {
    runs: AtomicU32,
    ran: Notify,
}

impl Counter {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            runs: AtomicU32::new(0),
            ran: Notify::new(),
        })
    }

    fn schedule(self: &Arc<Self>) -> Schedule {
        let counter = Arc::clone(self);
        let run = move |_: Timestamp| {
            let counter = Arc::clone(&counter);
            Box::pin(async move { counter.run() }) as _
        };
        Schedule {
            name: "count",
            every: Duration::from_mins(1),
            run: Arc::new(run),
        }
    }

    fn run(&self) -> Result<(), String> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        self.ran.notify_one();
        match run {
            2 => Err("the second fails".to_owned()),
            3 => panic!("the third panics"),
            _ => Ok(()),
        }
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    fn engine(self: &Arc<Self>, house: &House) -> Engine {
        house.engine(Vec::new(), Vec::new(), vec![self.schedule()])
    }
}

hanok_db::both_engines! {
    sets(SETS);

    async fn a_schedule_runs_at_once_and_then_in_its_step_whatever_happens(db: Db) {
        const ERROR: &str = "SELECT last_error FROM schedule WHERE name = 'count'";
        let (house, counter) = (House::new(&db), Counter::new());
        let engine = counter.engine(&house);
        let mut errors = Vec::new();
        for seconds in [0, 60, 60, 60] {
            house.advance(seconds - seconds.min(1));
            engine.run_schedules_due().await?;
            house.advance(seconds.min(1));
            engine.run_schedules_due().await?;
            let error = db.read(async |conn| conn.one::<Option<String>>(ERROR, params![]).await);
            errors.push((counter.runs(), error.await?.unwrap_or_default()));
        }
        let said = |run: u32, text: &str| (run, text.to_owned());
        let expected =
            [said(1, ""), said(2, "the second fails"), said(3, "it panicked"), said(4, "")];
        assert_eq!(errors, expected);
    }

    async fn runs_that_were_missed_are_not_made_up_for(db: Db) {
        let (house, counter) = (House::new(&db), Counter::new());
        let engine = counter.engine(&house);
        engine.run_schedules_due().await?;
        house.advance(605);
        engine.run_schedules_due().await?;
        assert_eq!(counter.runs(), 2);
        house.advance(54);
        engine.run_schedules_due().await?;
        assert_eq!(counter.runs(), 2);
        house.advance(1);
        engine.run_schedules_due().await?;
        assert_eq!(counter.runs(), 3);
    }

    async fn of_two_processes_one_runs_it(db: Db) {
        let (house, counter) = (House::new(&db), Counter::new());
        let other = House::sharing(&db.reopen(|_| {}).await?, &house.clock, 2);
        let (one, two) = (counter.engine(&house), counter.engine(&other));
        for run in 1..=5 {
            let (first, second) = tokio::join!(one.run_schedules_due(), two.run_schedules_due());
            first?;
            second?;
            assert_eq!(counter.runs(), run);
            house.advance(60);
        }
    }

    async fn a_run_whose_process_died_is_repeated_when_its_lease_runs_out(db: Db) {
        let (house, counter) = (House::new(&db), Counter::new());
        let engine = counter.engine(&house);
        engine.run_schedules_due().await?;
        house.advance(60);
        let until = house.clock.now().plus(Duration::from_secs(15)).micros();
        db.write(async move |tx| {
            const DIED: &str = "UPDATE schedule SET leased_until = $1 WHERE name = 'count'";
            tx.execute(DIED, params![until]).await
        })
        .await?;
        engine.run_schedules_due().await?;
        assert_eq!(counter.runs(), 1);
        house.advance(15);
        engine.run_schedules_due().await?;
        assert_eq!(counter.runs(), 2);
    }

    async fn an_engine_at_work_starts_what_is_due(db: Db) {
        const ENDED: &str =
            "SELECT COUNT(*) FROM schedule WHERE name = 'count' AND last_at IS NOT NULL";
        let (house, counter) = (House::new(&db), Counter::new());
        let running = counter.engine(&house).start();
        counter.ran.notified().await;
        // The next time is counted from the end of the run.
        while house.number(ENDED).await? == 0 {
            tokio::task::yield_now().await;
        }
        house.advance(60);
        counter.ran.notified().await;
        running.shutdown().await;
        assert_eq!(counter.runs(), 2);
    }
}
