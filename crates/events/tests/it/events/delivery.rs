//! What is committed is delivered, once in effect and in order; what is not, is not.

use std::sync::Arc;

use hanok_db::{DbError, Tx};
use hanok_events::{Event, Handler, Topic};
use serde::Serialize;

use super::recorder::{Recorder, noted};
use crate::house::{House, SETS};

#[derive(Serialize)]
struct Unwanted;

impl Event for Unwanted {
    const TYPE: &'static str = "nobody.cares";
    const TOPIC: Topic = Topic::MarketAlerts;

    fn key(&self) -> String {
        "x".to_owned()
    }
}

hanok_db::both_engines! {
    sets(SETS);

    async fn what_is_rolled_back_is_not_sent(db: Db) {
        let (house, recorder) = (House::new(&db), Recorder::new("recorder"));
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        let outbox = house.outbox.clone();
        let unit = async move |tx: &mut Tx| {
            outbox.publish(tx, &noted("a1")).await?;
            Err::<(), _>(DbError::Other("changed my mind".to_owned()))
        };
        assert!(db.write(unit).await.is_err());

        engine.settle().await?;

        assert_eq!(recorder.tried(), Vec::<String>::new());
        assert_eq!(house.number("SELECT COUNT(*) FROM outbox").await?, 0);
    }

    async fn what_is_committed_reaches_every_handler_that_wants_it_once(db: Db) {
        let (house, one, two) = (House::new(&db), Recorder::new("one"), Recorder::new("two"));
        let engine = house.engine_for(&[one.clone() as Arc<dyn Handler>, two.clone()]);
        house.publish(&["a1", "b1", "a2"]).await?;
        let outbox = house.outbox.clone();
        db.write(async move |tx: &mut Tx| outbox.publish(tx, &Unwanted).await).await?;
        house.advance(7);
        assert_eq!(engine.health().await?.lag_seconds, 7);
        assert_eq!(engine.health().await?.backlog.waiting(), 4);

        engine.settle().await?;
        engine.settle().await?;

        for (consumer, recorder) in [("one", &one), ("two", &two)] {
            assert_eq!(recorder.tried().len(), 3, "{consumer}");
            assert_eq!(house.effects(consumer).await?.len(), 3, "{consumer}");
        }
        let health = engine.health().await?;
        assert_eq!((health.lag_seconds, health.backlog.waiting()), (0, 0));
        assert_eq!(house.number("SELECT COUNT(*) FROM processed").await?, 6);
    }

    async fn a_relay_that_dies_before_it_marks_repeats_the_event_but_not_its_effect(db: Db) {
        let (house, recorder) = (House::new(&db), Recorder::new("recorder"));
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        house.publish(&["a1", "a2"]).await?;
        engine.settle().await?;
        assert_eq!(recorder.tried(), ["a1", "a2"]);

        house.execute("UPDATE outbox SET sent_at = NULL").await?;
        house.publish(&["a3"]).await?;
        let heir = House::sharing(&db, &house.clock, 2);
        house.advance(house.config.lease_seconds);
        let engine = heir.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        engine.settle().await?;

        assert_eq!(recorder.tried(), ["a3"]);
        assert_eq!(house.effects("recorder").await?, ["a1", "a2", "a3"]);
        assert_eq!(engine.health().await?.backlog.waiting(), 0);
    }

    async fn the_order_of_a_key_is_the_order_of_publishing(db: Db) {
        let (mut house, recorder) = (House::new(&db), Recorder::new("recorder"));
        house.config.batch = 70;
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        let items: Vec<String> =
            (0..200).map(|n| format!("{}{n}", ["a", "b", "c"][n % 3])).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        house.publish(&items).await?;

        engine.settle().await?;

        let effects = house.effects("recorder").await?;
        assert_eq!(effects.len(), 200);
        for key in ["a", "b", "c"] {
            let published = items.iter().filter(|item| item.starts_with(key));
            let handled = effects.iter().filter(|item| item.starts_with(key));
            assert!(published.eq(handled), "{key}");
        }
    }

    async fn an_engine_at_work_is_woken_by_a_commit_and_stops_when_told(db: Db) {
        let (mut house, recorder) = (House::new(&db), Recorder::new("recorder"));
        house.config.poll_ms = 60_000;
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        let running = engine.start();
        for item in ["a1", "a2", "b1"] {
            house.publish(&[item]).await?;
            recorder.done.notified().await;
        }

        running.shutdown().await;

        assert_eq!(house.effects("recorder").await?, ["a1", "a2", "b1"]);
        assert_eq!(engine.health().await?.backlog.waiting(), 0);
        assert_eq!(house.number("SELECT COUNT(*) FROM lease").await?, 0);
        house.publish(&["b2"]).await?;
        assert_eq!(engine.health().await?.backlog.waiting(), 1);
    }

    async fn a_missed_wake_up_is_made_good_by_polling(db: Db) {
        let (house, recorder) = (House::new(&db), Recorder::new("recorder"));
        let elsewhere = House::sharing(&db, &house.clock, 2);
        let running = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]).start();

        elsewhere.publish(&["a1"]).await?;
        recorder.done.notified().await;

        running.shutdown().await;
        assert_eq!(house.effects("recorder").await?, ["a1"]);
    }

    async fn old_rows_are_cleaned_away_and_the_memory_lasts_longer(db: Db) {
        let (house, recorder) = (House::new(&db), Recorder::new("recorder"));
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        house.publish(&["a1", "a2"]).await?;
        engine.settle().await?;
        let rows = async || -> Result<_, DbError> {
            let outbox = house.number("SELECT COUNT(*) FROM outbox").await?;
            Ok((outbox, house.number("SELECT COUNT(*) FROM processed").await?))
        };
        let day = 24 * 60 * 60;
        for (days, left) in [(0, (2, 2)), (6, (2, 2)), (2, (0, 2)), (1, (0, 0))] {
            house.advance(days * day);
            engine.run_schedules_due().await?;
            assert_eq!(rows().await?, left, "{days}");
        }
    }
}
