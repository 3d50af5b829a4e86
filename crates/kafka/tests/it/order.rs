//! What is published is handled: once, in the order of its key.

use std::sync::Arc;

use hanok_events::Handler;

use crate::broker::shared;
use crate::house::{House, SETS, assert_in_order, until};
use crate::recorder::Recorder;

/// So many items of each of eight keys, the keys mixed.
fn items(each: u32) -> Vec<String> {
    let row = |number| "abcdefgh".chars().map(move |key| format!("{key}{number}"));
    (1..=each).flat_map(row).collect()
}

fn texts(items: &[String]) -> Vec<&str> {
    items.iter().map(String::as_str).collect()
}

hanok_db::both_engines! {
    sets(SETS);

    async fn events_of_a_key_come_in_order_and_twice_is_once(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        let running = house.engine(&[recorder.clone() as Arc<dyn Handler>]).start();
        let all = items(40);
        house.publish(&texts(&all)).await?;
        let effects = house.effects_of("recorder", all.len()).await?;
        assert_eq!(effects.len(), all.len());
        assert_in_order(&effects);

        // All of it once more, as after a relay that died before it could note what it had sent.
        house.execute("UPDATE outbox SET sent_at = NULL").await?;
        house.publish(&texts(&items(41)[320..])).await?;
        let effects = house.effects_of("recorder", all.len() + 8).await?;
        running.shutdown().await;
        assert_eq!(effects.len(), all.len() + 8);
        assert_in_order(&effects);
        assert_eq!(house.letters().await?, []);
    }

    async fn a_store_that_gives_up_holds_its_partition_and_no_other(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        recorder.is_busy_at("a2");
        let running = house.engine(&[recorder.clone() as Arc<dyn Handler>]).start();
        let all = items(60);
        house.publish(&texts(&all)).await?;
        let tries = || recorder.tried().iter().filter(|item| *item == "a2").count();
        until(async || Ok(tries() >= 3)).await.unwrap();
        let held: Vec<String> = house.effects("recorder").await?;
        assert!(!held.contains(&"a2".to_owned()) && !held.contains(&"a3".to_owned()));
        let others = |item: &&String| !item.starts_with('a');
        until(async || Ok(house.effects("recorder").await?.iter().filter(others).count() >= 60)).await.unwrap();

        recorder.recover();
        let effects = house.effects_of("recorder", all.len()).await?;
        running.shutdown().await;
        assert_eq!(effects.len(), all.len());
        assert_in_order(&effects);
        assert_eq!(house.letters().await?, [], "it was no fault of the handler");
    }

    async fn what_was_stopped_in_the_middle_goes_on_where_it_was(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        let handlers = [recorder.clone() as Arc<dyn Handler>];
        let all = items(40);
        let running = house.engine(&handlers).start();
        house.publish(&texts(&all[..160])).await?;
        house.effects_of("recorder", 60).await?;
        running.kill().await;
        house.publish(&texts(&all[160..])).await?;
        let again = House::with(&db, house.config.clone());
        let running = again.engine(&handlers).start();
        let effects = house.effects_of("recorder", all.len()).await?;
        running.shutdown().await;
        assert_eq!(effects.len(), all.len());
        assert_in_order(&effects);

        // And what was stopped in good order does not come again.
        let tried = recorder.tried().len();
        let later = House::with(&db, house.config.clone());
        let running = later.engine(&handlers).start();
        later.publish(&["z1"]).await?;
        later.effects_of("recorder", all.len() + 1).await?;
        running.shutdown().await;
        assert_eq!(recorder.tried().len(), tried + 1);
    }
}
