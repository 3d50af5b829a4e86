//! Several processes in one group.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use hanok_db::DbError;
use hanok_events::{Handler, KafkaConfig};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::broker::shared;
use crate::house::{House, SETS, assert_in_order, until};
use crate::recorder::Recorder;

/// A member of the group that reads nothing but the domain events: all their partitions become its own.
fn guest(config: &KafkaConfig) -> BaseConsumer {
    let mut settings = ClientConfig::new();
    settings
        .set("bootstrap.servers", &config.bootstrap_servers)
        .set("group.id", config.group("app"))
        .set("enable.auto.commit", "false")
        .set("partition.assignment.strategy", "cooperative-sticky");
    let guest: BaseConsumer = settings.create().unwrap();
    guest.subscribe(&[&config.domain_events_topic]).unwrap();
    guest
}

hanok_db::both_engines! {
    sets(SETS);

    async fn two_processes_share_the_partitions_and_one_takes_over_when_the_other_dies(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (first, here) = (House::new(&db, &address), Recorder::new("recorder"));
        let (second, there) = (House::with(&db, first.config.clone()), here.elsewhere());
        let (over, rows) = (AtomicBool::new(false), AtomicU32::new(0));
        // Events of eight keys keep coming, whoever lives.
        let publishing = async {
            while !over.load(Ordering::SeqCst) {
                let row = rows.fetch_add(1, Ordering::SeqCst) + 1;
                let items: Vec<String> = "abcdefgh".chars().map(|key| format!("{key}{row}")).collect();
                let items: Vec<&str> = items.iter().map(String::as_str).collect();
                first.publish(&items).await?;
            }
            Ok::<_, DbError>(())
        };
        let living = async {
            let one = first.engine(&[here.clone() as Arc<dyn Handler>]).start();
            until(async || Ok(!here.tried().is_empty())).await.unwrap();
            let other = second.engine(&[there.clone() as Arc<dyn Handler>]).start();
            until(async || Ok(there.tried().len() > 20)).await.unwrap();
            one.kill().await;
            let (alone, seen) = (there.tried().len(), here.tried().len());
            // It handles every key now: what only the first had, too.
            until(async || Ok("abcdefgh".chars().all(|key| {
                there.tried()[alone..].iter().any(|item| item.starts_with(key))
            }))).await.unwrap();
            over.store(true, Ordering::SeqCst);
            (other, seen)
        };
        let (published, (other, seen)) = tokio::join!(publishing, living);
        published?;
        let expected = usize::try_from(rows.load(Ordering::SeqCst)).unwrap() * 8;
        let effects = first.effects_of("recorder", expected).await?;
        other.shutdown().await;
        assert!(seen > 0 && effects.len() == expected, "{seen} {}", effects.len());
        assert_in_order(&effects);
    }

    async fn a_partition_that_went_while_it_was_full_is_read_on_when_it_comes_back(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        recorder.is_busy_at("a1");
        let engine = house.engine(&[recorder.clone() as Arc<dyn Handler>]);
        let running = engine.start();
        // More than a lane holds.
        let items: Vec<String> = (1..=260).map(|number| format!("a{number}")).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        house.publish(&items).await?;
        until(async || Ok(engine.health().await?.backlog.waiting() == 0)).await.unwrap();
        until(async || Ok(!recorder.tried().is_empty())).await.unwrap();

        let guest = guest(&house.config);
        until(async || {
            let _ = guest.poll(Duration::ZERO);
            Ok(guest.assignment().is_ok_and(|its| its.count() == 3))
        }).await.unwrap();
        recorder.recover();
        tokio::task::spawn_blocking(move || drop(guest)).await.unwrap();
        let effects = house.effects_of("recorder", 260).await?;
        running.shutdown().await;
        assert_eq!(effects, items);
    }
}
