//! Jobs whose process dies or ends, and processes that claim side by side.

use std::collections::HashMap;
use std::time::Duration;

use hanok_events::dead_letters;

use super::worker::Worker;
use crate::house::{House, SETS};

hanok_db::both_engines! {
    sets(SETS);

    async fn a_job_whose_process_died_runs_again_when_its_lease_is_over(db: Db) {
        let house = House::new(&db);
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("a");
        let job = house.enqueue("a", "x").await?;
        let running = house.engine_with(&worker).start();
        starts.recv().await.unwrap();
        running.kill().await;

        let heir = House::sharing(&db, &house.clock, 2);
        let (second, _starts) = Worker::new(&heir);
        let engine = heir.engine_with(&second);
        engine.settle().await?;
        assert_eq!(second.started(), []);
        house.advance(house.config.lease_seconds);
        engine.settle().await?;
        assert_eq!(second.started(), [(job, "a".to_owned())]);
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);
    }

    async fn a_job_that_kills_its_process_every_time_is_given_up(db: Db) {
        let mut house = House::new(&db);
        house.config.max_attempts = 3;
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("a");
        house.enqueue("a", "x").await?;
        for _ in 0..3 {
            let running = house.engine_with(&worker).start();
            starts.recv().await.unwrap();
            running.kill().await;
            house.advance(house.config.lease_seconds);
        }
        house.engine_with(&worker).settle().await?;
        assert_eq!(worker.started().len(), 3);
        let letters = db.read(async |conn| dead_letters(conn, None, 10).await).await?;
        assert_eq!(letters.len(), 1);
        assert!(letters[0].error.contains("lost with its process"), "{letters:?}");
    }

    async fn the_lease_of_a_long_job_is_extended(db: Db) {
        let mut house = House::new(&db);
        house.config.lease_seconds = 3;
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("a");
        house.enqueue("a", "x").await?;
        let running = house.engine_with(&worker).start();
        starts.recv().await.unwrap();
        // The clock runs ahead of the renewal by less than a lease, the renewal follows in real time.
        house.advance(2);
        let renewed = house.clock.now().plus(Duration::from_secs(3)).micros();
        while house.number("SELECT leased_until FROM job").await? < renewed {
            tokio::task::yield_now().await;
        }
        worker.let_through("a", 1);
        running.shutdown().await;
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);
    }

    async fn a_job_that_is_cut_off_by_the_end_is_given_back_at_once(db: Db) {
        let house = House::new(&db);
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("a");
        let job = house.enqueue("a", "x").await?;
        let running = house.engine_with(&worker).start();
        starts.recv().await.unwrap();
        running.shutdown_within(Duration::ZERO).await;

        let heir = House::sharing(&db, &house.clock, 2);
        let (second, _starts) = Worker::new(&heir);
        heir.engine_with(&second).settle().await?;
        assert_eq!(second.started(), [(job, "a".to_owned())]);
    }

    async fn settling_waits_for_what_the_engine_at_work_has_under_way(db: Db) {
        let house = House::new(&db);
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("a");
        house.enqueue("a", "x").await?;
        let engine = house.engine_with(&worker);
        let running = engine.start();
        starts.recv().await.unwrap();
        let settling = engine.settle();
        worker.let_through("a", 1);
        settling.await?;
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);
        running.shutdown().await;
    }

    async fn two_processes_never_claim_the_same_job(db: Db) {
        let house = House::new(&db);
        let other = House::sharing(&db.reopen(|_| {}).await?, &house.clock, 2);
        let ((ours, _one), (theirs, _two)) = (Worker::new(&house), Worker::new(&other));
        for n in 0..200 {
            house.enqueue(&format!("lane {}", n % 40), "x").await?;
        }
        let (first, second) = (house.engine_with(&ours), other.engine_with(&theirs));
        let (one, two) = (first.start(), second.start());
        while house.number("SELECT COUNT(*) FROM job").await? > 0 {
            tokio::task::yield_now().await;
        }
        one.shutdown().await;
        two.shutdown().await;

        let mut runs = HashMap::new();
        for (job, _) in ours.started().into_iter().chain(theirs.started()) {
            *runs.entry(job).or_insert(0) += 1;
        }
        assert_eq!((runs.len(), runs.values().max()), (200, Some(&1)));
    }
}
