//! Done, again, dead; crashed or out of time.

use std::time::Duration;

use hanok_db::{DbError, Tx};
use hanok_events::{NewJob, Source, dead_letters, replay};
use serde_json::json;

use super::worker::Worker;
use crate::house::{House, SETS};

hanok_db::both_engines! {
    sets(SETS);

    async fn a_job_of_a_unit_that_is_rolled_back_never_runs(db: Db) {
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        let (jobs, run_at) = (house.jobs.clone(), house.clock.now());
        let unit = async move |tx: &mut Tx| {
            let job = NewJob { kind: "work", lane: "a".to_owned(), payload: json!("x"), run_at };
            jobs.enqueue(tx, job).await?;
            Err::<(), _>(DbError::Other("changed my mind".to_owned()))
        };
        assert!(db.write(unit).await.is_err());
        engine.settle().await?;
        assert_eq!(worker.started(), []);
    }

    async fn a_job_runs_once_when_its_time_has_come(db: Db) {
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        let now = house.enqueue("a", "x").await?;
        let later = house.enqueue_in("a", "x", 10).await?;
        engine.settle().await?;
        engine.settle().await?;
        assert_eq!(worker.started(), [(now, "a".to_owned())]);
        let backlog = engine.health().await?.backlog;
        assert_eq!((backlog.jobs_due, backlog.jobs_later), (0, 1));
        house.advance(10);
        engine.settle().await?;
        assert_eq!(worker.started()[1..], [(later, "a".to_owned())]);
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);
    }

    async fn a_job_that_asks_for_it_is_tried_again_at_its_time(db: Db) {
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        house.enqueue("a", "later").await?;
        for (seconds, tries) in [(0, 1), (99, 1), (1, 2), (99, 2), (1, 3), (1_000, 3)] {
            house.advance(seconds);
            engine.settle().await?;
            assert_eq!(worker.started().len(), tries);
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);
    }

    async fn a_job_that_gives_up_is_a_dead_letter_that_can_be_replayed(db: Db) {
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        let job = house.enqueue("a", "dead").await?;
        engine.settle().await?;
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);

        let letters = db.read(async |conn| dead_letters(conn, None, 10).await).await?;
        assert_eq!(letters.len(), 1);
        let letter = &letters[0];
        assert_eq!((letter.source, letter.item_id), (Source::Job, job.uuid()));
        assert_eq!((letter.consumer.as_str(), letter.item_key.as_str()), ("work", "a"));
        assert_eq!((letter.error.as_str(), letter.attempts), ("told to give up", 1));

        let (id, now) = (letter.id, house.clock.now());
        db.write(async move |tx: &mut Tx| replay(tx, id, now).await).await?;
        engine.settle().await?;
        assert_eq!(worker.started(), [(job, "a".to_owned()), (job, "a".to_owned())]);
    }

    async fn a_panic_is_tried_again_with_back_off_and_in_the_end_given_up(db: Db) {
        let mut house = House::new(&db);
        house.config.max_attempts = 3;
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        house.enqueue("a", "panic").await?;
        for tries in [1, 2, 3, 3] {
            engine.settle().await?;
            engine.settle().await?;
            assert_eq!(worker.started().len(), tries);
            house.advance(60);
        }
        let letters = db.read(async |conn| dead_letters(conn, None, 10).await).await?;
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].error.as_str(), letters[0].attempts), ("the job panicked", 3));
    }

    async fn a_job_that_takes_too_long_is_cut_off(db: Db) {
        let house = House::new(&db);
        let (worker, _starts) = Worker::with_time_limit(&house, Duration::from_millis(1));
        let engine = house.engine_with(&worker);
        house.enqueue("a", "stuck").await?;
        engine.settle().await?;
        let state = db.read(async |conn| {
            conn.one::<(String, u32, u32)>("SELECT last_error, attempts, faults FROM job", &[]).await
        });
        assert_eq!(state.await?, ("the job ran out of time".to_owned(), 1, 1));
    }

    async fn jobs_of_a_kind_nobody_runs_are_left_alone(db: Db) {
        let house = House::new(&db);
        house.enqueue("a", "x").await?;
        let engine = house.engine_for(&[]);
        engine.settle().await?;
        assert_eq!(engine.health().await?.backlog.jobs_due, 1);
    }
}
