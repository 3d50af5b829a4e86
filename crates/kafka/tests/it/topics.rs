//! Topics at the start.

use hanok_events::Bus;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};

use std::collections::HashMap;
use std::time::Duration;

use hanok_kafka::KafkaBus;

use crate::broker::shared;
use crate::house::topics_of_ones_own;

fn client(address: &str) -> ClientConfig {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", address);
    client
}

/// The partitions of every topic there is.
fn partitions(address: &str) -> HashMap<String, usize> {
    let consumer: BaseConsumer = client(address).create().unwrap();
    let known = consumer
        .fetch_metadata(None, Duration::from_secs(10))
        .unwrap();
    let topics = known.topics().iter();
    topics
        .map(|topic| (topic.name().to_owned(), topic.partitions().len()))
        .collect()
}

#[tokio::test]
async fn topics_that_are_missing_are_made_and_others_stay_as_they_are() {
    let Some(address) = shared() else { return };
    let config = topics_of_ones_own(&address);
    let admin: AdminClient<DefaultClientContext> = client(&address).create().unwrap();
    let made = NewTopic::new(&config.notifications_topic, 1, TopicReplication::Fixed(1));
    let made = admin
        .create_topics(&[made], &AdminOptions::new())
        .await
        .unwrap();
    assert!(made[0].is_ok(), "{made:?}");

    // Two at once, as when two processes start.
    let (one, other) = (KafkaBus::new(config.clone()), KafkaBus::new(config.clone()));
    tokio::join!(one.send(&[]), other.send(&[]));
    assert_eq!((one.health(), other.health()), (Ok(()), Ok(())));
    let found = partitions(&address);
    assert_eq!(found[&config.notifications_topic], 1);
    for topic in [
        &config.domain_events_topic,
        &config.user_activities_topic,
        &config.email_notifications_topic,
        &config.provider_callbacks_topic,
        &config.market_alerts_topic,
    ] {
        assert_eq!(found[topic], 3, "{topic}");
    }
    let asked = ResourceSpecifier::Topic(&config.domain_events_topic);
    let told = admin.describe_configs(&[asked], &AdminOptions::new()).await;
    let told = told.unwrap().remove(0).unwrap();
    let value = |key| told.get(key).and_then(|entry| entry.value.clone());
    assert_eq!(value("retention.ms").as_deref(), Some("604800000"));
    assert_eq!(value("segment.ms").as_deref(), Some("86400000"));
    assert_eq!(value("compression.type").as_deref(), Some("lz4"));
}
