//! What an operator is told of jobs that fail, in the log and by the list of what waits.

use hanok_db::DbError;
use hanok_events::{Item, Waiting, waiting};
use uuid::Uuid;

use super::worker::Worker;
use crate::events::recorder::{Fault, Recorder};
use crate::house::{House, SETS};
use crate::lines::Lines;

/// The lines that name a job.
fn of(lines: &Lines, job: Uuid) -> Vec<String> {
    let job = job.to_string();
    let text = lines.text();
    let mine = text.lines().filter(|line| line.contains(&job));
    mine.map(ToOwned::to_owned).collect()
}

async fn all(house: &House, failing: bool) -> Result<Vec<Waiting>, DbError> {
    let look = async move |conn: &mut hanok_db::Conn| waiting(conn, failing, 10).await;
    house.db.report(look).await
}

hanok_db::both_engines! {
    sets(SETS);

    async fn the_first_failure_of_a_job_is_a_warning_and_the_second_says_nothing(db: Db) {
        let (lines, _guard) = Lines::collect();
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        let job = house.enqueue("shop", "later").await?.uuid();
        engine.settle().await?;
        let next_try = house.clock.now().plus(std::time::Duration::from_secs(100)).to_rfc3339();
        let told = of(&lines, job);
        assert_eq!(told.len(), 1, "{told:?}");
        for part in ["WARN", "kind=\"work\"", "lane=\"shop\"", "error=\"not yet\"", &next_try] {
            assert!(told[0].contains(part), "{part} is not in {told:?}");
        }
        assert!(!told[0].contains("later"), "what is in the job is nobody's business: {told:?}");
        house.advance(100);
        engine.settle().await?;
        assert_eq!(worker.started().len(), 2);
        assert_eq!(of(&lines, job).len(), 1);
    }

    async fn a_job_that_is_given_up_is_told_of_with_its_reason(db: Db) {
        let (lines, _guard) = Lines::collect();
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let job = house.enqueue("shop", "dead").await?.uuid();
        house.engine_with(&worker).settle().await?;
        let told = of(&lines, job);
        assert_eq!(told.len(), 1, "{told:?}");
        for part in ["ERROR", "a dead letter", "kind=\"work\"", "told to give up"] {
            assert!(told[0].contains(part), "{part} is not in {told:?}");
        }
    }

    async fn what_waits_is_listed_and_what_fails_apart(db: Db) {
        let house = House::new(&db);
        let began = house.clock.now();
        let (worker, _starts) = Worker::new(&house);
        let recorder = Recorder::new("recorder");
        recorder.fail("a1", Fault::Says);
        let engine = house.engine(vec![recorder], vec![worker], Vec::new());
        let failing = house.enqueue("shop", "later").await?.uuid();
        house.publish(&["a1"]).await?;
        engine.settle().await?;
        house.advance(1);
        house.publish(&["b1"]).await?;
        let quiet = house.enqueue_in("mail", "x", 10).await?.uuid();

        let found = all(&house, true).await?;
        assert_eq!(found.len(), 2, "{found:?}");
        let job = found.iter().find(|it| it.item == Item::Job).unwrap();
        assert_eq!((job.id, job.kind.as_str(), job.key.as_str(), job.tries), (failing, "work", "shop", 1));
        assert_eq!((job.last_error.as_deref(), job.since), (Some("not yet"), began));
        assert_eq!(job.next_at, began.plus(std::time::Duration::from_secs(100)));
        let aside = found.iter().find(|it| it.item == Item::Retry).unwrap();
        assert_eq!((aside.consumer.as_deref(), aside.key.as_str(), aside.tries), (Some("recorder"), "a", 1));
        assert!(aside.last_error.is_some() && aside.next_at > began, "{aside:?}");

        let found = all(&house, false).await?;
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found.is_sorted_by_key(|it| it.since));
        let unsent = found.iter().find(|it| it.item == Item::Event).unwrap();
        assert_eq!((unsent.key.as_str(), unsent.tries, &unsent.last_error), ("b", 0, &None));
        assert!(found.iter().any(|it| it.id == quiet && it.last_error.is_none()));
    }
}
