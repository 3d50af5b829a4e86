//! Brokers that are away.

use std::sync::Arc;

use hanok_events::{Handler, KafkaConfig};
use tokio::time::Instant;

use crate::broker::Broker;
use crate::house::{House, SETS, assert_in_order, topics_of_ones_own, until};
use crate::recorder::Recorder;

hanok_db::both_engines! {
    sets(SETS);

    async fn a_broker_that_is_killed_and_comes_back_loses_nothing_and_keeps_the_order(db: Db) {
        let Some(mut broker) = Broker::start().await else { return Ok(()) };
        let impatient = KafkaConfig {
            send_timeout_ms: 1_000,
            ..topics_of_ones_own(&broker.address())
        };
        let (house, recorder) = (House::with(&db, impatient), Recorder::new("recorder"));
        let engine = house.engine(&[recorder.clone() as Arc<dyn Handler>]);
        let running = engine.start();
        house.publish(&["a1", "b1", "a2"]).await?;
        house.effects_of("recorder", 3).await?;
        assert_eq!(house.bus.health(), Ok(()));

        broker.kill();
        house.publish(&["a3", "b2", "c1", "a4"]).await?;
        until(async || Ok(house.bus.health().is_err())).await.unwrap();
        until(async || Ok(engine.health().await?.backlog.waiting() == 4)).await.unwrap();
        house.publish(&["a5", "c2"]).await?;
        assert_eq!(house.effects("recorder").await?.len(), 3);

        broker.start_again().await;
        let effects = house.effects_of("recorder", 9).await?;
        assert_in_order(&effects);
        until(async || Ok(house.bus.health().is_ok())).await.unwrap();
        assert_eq!(engine.health().await?.backlog.waiting(), 0);
        running.shutdown().await;
        assert_eq!(effects.len(), 9);
        assert_eq!(house.letters().await?, []);
    }

    async fn brokers_that_were_never_there_stop_neither_the_start_nor_the_end(db: Db) {
        let nobody = topics_of_ones_own("127.0.0.1:1");
        let (house, recorder) = (House::with(&db, nobody), Recorder::new("recorder"));
        let engine = house.engine(&[recorder as Arc<dyn Handler>]);
        let running = engine.start();
        house.publish(&["a1"]).await?;
        until(async || Ok(house.bus.health().is_err())).await.unwrap();
        assert_eq!(engine.health().await?.backlog.waiting(), 1);
        let began = Instant::now();
        running.shutdown().await;
        assert!(began.elapsed().as_secs() < 12, "{:?}", began.elapsed());
    }
}
