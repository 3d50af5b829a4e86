//! Messages that others write to our topics.

use std::sync::Arc;
use std::time::Duration;

use hanok_db::{DbError, Tx};
use hanok_events::{DeadLetter, Event, Handler, Source, discard, replay};
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde::Serialize;

use crate::broker::shared;
use crate::house::{House, SETS, until};
use crate::recorder::{Noted, Recorder};

/// An event of a known type that its handler cannot read.
#[derive(Serialize)]
struct Unreadable;

impl Event for Unreadable {
    const TYPE: &'static str = Noted::TYPE;

    fn key(&self) -> String {
        "a".to_owned()
    }
}

type Part<'a> = Option<&'a [u8]>;

/// Sends a message beside ours, into the partition of its key.
async fn send(house: &House, key: Part<'_>, value: Part<'_>, headers: &[(&str, &str)]) {
    let mut settings = ClientConfig::new();
    settings.set("bootstrap.servers", &house.config.bootstrap_servers);
    let producer: FutureProducer = settings.create().unwrap();
    let headers = headers
        .iter()
        .fold(OwnedHeaders::new(), |all, (key, value)| {
            all.insert(Header {
                key,
                value: Some(*value),
            })
        });
    let record = FutureRecord {
        key,
        payload: value,
        ..FutureRecord::<[u8], [u8]>::to(&house.config.domain_events_topic)
    };
    let sent = producer
        .send(record.headers(headers), Duration::from_secs(10))
        .await;
    sent.unwrap();
}

async fn letters(house: &House, count: usize) -> Result<Vec<DeadLetter>, DbError> {
    until(async || Ok(house.letters().await?.len() >= count))
        .await
        .unwrap();
    house.letters().await
}

hanok_db::both_engines! {
    sets(SETS);

    async fn a_message_that_is_no_event_becomes_one_dead_letter_and_blocks_nobody(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let house = House::new(&db, &address);
        let (one, other) = (Recorder::new("one"), Recorder::new("other"));
        // Two apps, and so two groups that read it.
        let running = house
            .engine_of(vec![
                ("first", one.clone() as Arc<dyn Handler>),
                ("second", other.clone() as Arc<dyn Handler>),
            ])
            .start();
        house.publish(&["a1"]).await?;
        house.effects_of("one", 1).await?;
        send(&house, Some(b"a"), Some(b"{}"), &[]).await;
        send(&house, Some(b"a"), Some(b"\xff\xfe"), &[("type", "note.taken")]).await;
        send(&house, Some(b"a"), Some(b"{"), &[]).await;
        send(&house, Some(b"a"), None, &[]).await;
        send(&house, None, Some(b"{}"), &[("event_id", "17"), ("version", "1")]).await;
        // No index of PostgreSQL takes such a key.
        send(&house, Some(&[b'a'; 5_000]), Some(b"{}"), &[]).await;
        house.publish(&["a2", "b1"]).await?;
        house.effects_of("one", 3).await?;
        house.effects_of("other", 3).await?;
        let dead = letters(&house, 6).await?;
        running.shutdown().await;

        assert_eq!(dead.len(), 6, "{dead:?}");
        assert!(dead.iter().all(|letter| letter.source == Source::Kafka && letter.consumer == "kafka"));
        let topic = format!("{}/", house.config.domain_events_topic);
        assert!(dead.iter().all(|letter| letter.item_key.starts_with(&topic)), "{dead:?}");
        for said in [
            "the header event_id is wrong",
            "the value is no JSON",
            "the value is not UTF-8",
            "there is no header event_id",
            "there is no value",
        ] {
            assert!(dead.iter().any(|letter| letter.error.contains(said)), "{said} in {dead:?}");
        }

        let (id, now) = (dead[0].id, dead[0].failed_at);
        let again = db.write(async move |tx: &mut Tx| replay(tx, id, now).await).await;
        assert!(matches!(again, Err(DbError::Refused(_))), "{again:?}");
        db.write(async move |tx: &mut Tx| discard(tx, id).await).await?;
        assert_eq!(house.letters().await?.len(), 5);
    }

    async fn what_the_store_refuses_for_good_is_buried_after_a_few_tries_and_the_partition_goes_on(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        let running = house.engine(&[recorder as Arc<dyn Handler>]).start();
        // The handler fails at it, and then it cannot be set aside either.
        house.execute("ALTER TABLE event_retry RENAME COLUMN last_error TO no_error").await?;
        house.publish_one(Unreadable).await?;
        house.publish(&["a1"]).await?;
        house.effects_of("recorder", 1).await?;
        let dead = house.letters().await?;
        house.execute("ALTER TABLE event_retry RENAME COLUMN no_error TO last_error").await?;
        running.shutdown().await;
        assert_eq!(dead.len(), 1, "{dead:?}");
        assert_eq!((dead[0].source, dead[0].consumer.as_str()), (Source::Event, "recorder"));
        assert_eq!((dead[0].item_key.as_str(), dead[0].attempts), ("a", 4));
        let (id, now) = (dead[0].id, dead[0].failed_at);
        db.write(async move |tx: &mut Tx| replay(tx, id, now).await).await?;
    }
}
