//! Handlers that fail: what waits, what goes on, what becomes a dead letter.

use std::sync::Arc;

use hanok_db::{DbError, Tx};
use hanok_events::{DeadLetter, Handler, Source, dead_letters, replay};

use super::recorder::{Fault, Recorder};
use crate::house::{House, SETS};

async fn letters(house: &House) -> Result<Vec<DeadLetter>, DbError> {
    house
        .db
        .read(async |conn| dead_letters(conn, None, 50).await)
        .await
}

/// Lets every retry come due, `times` times.
async fn wait_out(house: &House, engine: &hanok_events::Engine, times: u32) -> Result<(), DbError> {
    for _ in 0..times {
        house.advance(house.config.retry_max_seconds);
        engine.settle().await?;
    }
    Ok(())
}

hanok_db::both_engines! {
    sets(SETS);

    async fn a_failing_event_holds_back_its_key_for_its_handler_only(db: Db) {
        let (house, sick, well) = (House::new(&db), Recorder::new("sick"), Recorder::new("well"));
        let engine = house.engine_for(&[sick.clone() as Arc<dyn Handler>, well.clone()]);
        sick.fail("a1", Fault::Says);
        house.publish(&["a1", "a2", "b1"]).await?;
        engine.settle().await?;
        house.publish(&["a3", "b2"]).await?;
        engine.settle().await?;

        assert_eq!(house.effects("well").await?.len(), 5);
        assert_eq!(house.effects("sick").await?, ["b1", "b2"]);
        let backlog = engine.health().await?.backlog;
        assert_eq!((backlog.waiting(), backlog.retries), (0, 3));

        sick.recover();
        engine.settle().await?;
        assert_eq!(house.effects("sick").await?, ["b1", "b2"], "not before its time");
        house.advance(2);
        engine.settle().await?;
        assert_eq!(house.effects("sick").await?, ["b1", "b2", "a1", "a2", "a3"]);
        assert_eq!(engine.health().await?.backlog.retries, 0);
    }

    async fn tries_come_further_and_further_apart(db: Db) {
        let (house, recorder) = (House::new(&db), Recorder::new("recorder"));
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        recorder.fail("a1", Fault::Says);
        house.publish(&["a1"]).await?;
        let mut tried_at = Vec::new();
        for second in 0..200 {
            engine.settle().await?;
            if !recorder.tried().is_empty() {
                tried_at.push(second);
            }
            house.advance(1);
        }
        let waits: Vec<i64> = tried_at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The middle doubles from one second; the wait is half to one and a half of it.
        let ranges = [(1, 2), (1, 3), (2, 6), (4, 12), (8, 24), (16, 48)];
        for (wait, (low, high)) in waits.iter().zip(ranges) {
            assert!((low..=high).contains(wait), "{waits:?}");
        }
        assert!(waits.len() >= 6, "{waits:?}");
    }

    async fn after_the_last_try_the_key_goes_on_and_a_person_can_replay(db: Db) {
        let (mut house, recorder) = (House::new(&db), Recorder::new("recorder"));
        house.config.max_attempts = 3;
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        recorder.fail("a1", Fault::Says);
        house.publish(&["a1", "a2"]).await?;
        engine.settle().await?;
        wait_out(&house, &engine, 4).await?;

        assert_eq!(recorder.tried(), ["a1", "a1", "a1", "a2"]);
        assert_eq!(house.effects("recorder").await?, ["a2"]);
        let dead = letters(&house).await?;
        assert_eq!(dead.len(), 1);
        let letter = dead[0].clone();
        assert_eq!((letter.source, letter.consumer.as_str()), (Source::Event, "recorder"));
        assert_eq!((letter.attempts, letter.error.as_str()), (3, "told to fail"));
        assert_eq!((letter.item_key.as_str(), letter.item_type.as_str()), ("a", "note.taken"));
        assert_eq!(letter.payload, r#"{"key":"a","item":"a1"}"#);

        recorder.recover();
        let (id, now) = (letter.id, house.clock.now());
        db.write(async move |tx: &mut Tx| replay(tx, id, now).await).await?;
        engine.settle().await?;
        assert_eq!(house.effects("recorder").await?, ["a2", "a1"]);
        assert_eq!(letters(&house).await?, []);
        let again = db.write(async move |tx: &mut Tx| replay(tx, id, now).await).await;
        assert_eq!(again, Err(DbError::NotFound));
    }

    async fn a_panic_and_a_wait_are_failures_like_any_other(db: Db) {
        let (mut house, recorder) = (House::new(&db), Recorder::new("recorder"));
        house.config.max_attempts = 2;
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        recorder.fail("a1", Fault::Panics);
        recorder.fail("b1", Fault::Waits);
        house.publish(&["a1", "b1", "c1"]).await?;
        engine.settle().await?;
        wait_out(&house, &engine, 2).await?;

        assert_eq!(house.effects("recorder").await?, ["c1"]);
        let dead = letters(&house).await?;
        assert_eq!(dead.len(), 2);
        assert!(dead.iter().any(|letter| letter.error.contains("told to panic")), "{dead:?}");
    }

    async fn a_store_that_is_busy_is_no_fault_of_the_handler(db: Db) {
        let (mut house, recorder) = (House::new(&db), Recorder::new("recorder"));
        house.config.max_attempts = 1;
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        recorder.fail("a1", Fault::StoreBusy);
        house.publish(&["a1", "a2", "b1"]).await?;
        engine.settle().await?;
        assert_eq!(house.effects("recorder").await?, ["b1"]);
        assert_eq!(engine.health().await?.backlog.waiting(), 2);
        engine.settle().await?;
        assert_eq!(recorder.tried().len(), 2, "not before its time");

        wait_out(&house, &engine, 1).await?;
        assert_eq!(letters(&house).await?, []);
        recorder.recover();
        wait_out(&house, &engine, 1).await?;
        assert_eq!(house.effects("recorder").await?, ["b1", "a1", "a2"]);
    }

    async fn what_waits_for_a_handler_that_is_gone_is_not_lost(db: Db) {
        let (house, recorder) = (House::new(&db), Recorder::new("recorder"));
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        recorder.fail("a1", Fault::Says);
        house.publish(&["a1"]).await?;
        engine.settle().await?;
        let later = House::sharing(&db, &house.clock, 2);
        house.advance(60);
        later.engine_for(&[]).settle().await?;

        let dead = letters(&house).await?;
        assert_eq!((dead.len(), dead[0].attempts), (1, 1));
        assert_eq!(dead[0].error, "there is no handler of this name any more");
    }

    async fn dead_letters_are_listed_newest_first_and_by_page(db: Db) {
        let (mut house, recorder) = (House::new(&db), Recorder::new("recorder"));
        house.config.max_attempts = 1;
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        for item in ["a1", "b1", "c1"] {
            recorder.fail(item, Fault::Says);
            house.publish(&[item]).await?;
            engine.settle().await?;
            house.advance(1);
        }
        let all = letters(&house).await?;
        let keys: Vec<&str> = all.iter().map(|letter| letter.item_key.as_str()).collect();
        assert_eq!(keys, ["c", "b", "a"]);
        let before = all[0].id;
        let page = db.read(async move |conn| dead_letters(conn, Some(before), 1).await).await?;
        assert_eq!(page, all[1..2]);
    }
}
