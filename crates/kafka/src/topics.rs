//! Topics: made where they are missing, looked at where they are there.

use std::time::Duration;

use hanok_events::{KafkaConfig, Topic};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::metadata::Metadata;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use crate::settings;
use crate::threads::in_thread;

/// How long a question to the brokers may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// A segment is closed after a day, whatever is in it: only closed ones are thrown away, so that otherwise
/// a quiet topic would keep its messages long beyond the retention.
const SEGMENT: Duration = Duration::from_hours(24);

/// The topics of the program, looked after once.
#[derive(Debug, Default)]
pub(crate) struct Topics(OnceCell<()>);

impl Topics {
    /// Makes the topics that are missing, where that has not been done yet.
    pub(crate) async fn ensure(&self, config: &KafkaConfig) -> Result<(), String> {
        let all = || ensure(config.clone(), wanted(config));
        self.0.get_or_try_init(all).await?;
        Ok(())
    }
}

/// How a topic is to be.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) partitions: u32,
    pub(crate) retention: Duration,
}

fn wanted(config: &KafkaConfig) -> Vec<Wanted> {
    let topics = Topic::ALL.iter().map(|topic| config.topic_name(*topic));
    let wanted = topics.map(|name| Wanted {
        name: name.to_owned(),
        partitions: config.partitions,
        retention: config.retention(),
    });
    wanted.collect()
}

/// Makes those that are missing, in a thread of its own: the library's calls block.
pub(crate) async fn ensure(config: KafkaConfig, wanted: Vec<Wanted>) -> Result<(), String> {
    let runtime = Handle::current();
    let made = in_thread("kafka-topics", move || {
        let admin: AdminClient<DefaultClientContext> = settings::client(&config)
            .create()
            .map_err(|error| error.to_string())?;
        let known = admin.inner().fetch_metadata(None, PATIENCE);
        let known = known.map_err(|error| format!("the topics cannot be listed: {error}"))?;
        let missing = missing(&known, wanted);
        if missing.is_empty() {
            return Ok(());
        }
        runtime.block_on(make(&admin, &config, &missing))
    });
    made.await?
}

/// Those that are not there. One that is there stays as it is: more partitions would move its keys.
fn missing(known: &Metadata, wanted: Vec<Wanted>) -> Vec<Wanted> {
    let is_missing = |wanted: &Wanted| {
        let named = |topic: &&rdkafka::metadata::MetadataTopic| topic.name() == wanted.name;
        let Some(topic) = known.topics().iter().find(named) else {
            return true;
        };
        let partitions = topic.partitions().len();
        if partitions != usize::try_from(wanted.partitions).unwrap_or(usize::MAX) {
            let (topic, expected) = (topic.name(), wanted.partitions);
            tracing::warn!(
                topic,
                partitions,
                expected,
                "a topic is left with the partitions it has"
            );
        }
        false
    };
    wanted.into_iter().filter(is_missing).collect()
}

async fn make(
    admin: &AdminClient<DefaultClientContext>,
    config: &KafkaConfig,
    missing: &[Wanted],
) -> Result<(), String> {
    // -1: what the brokers are set to.
    let copies = i32::try_from(config.replication).unwrap_or(i32::MAX);
    let copies = if copies == 0 { -1 } else { copies };
    let millis = |time: Duration| time.as_millis().to_string();
    let times: Vec<(String, String)> = missing
        .iter()
        .map(|topic| {
            (
                millis(topic.retention),
                millis(topic.retention.min(SEGMENT)),
            )
        })
        .collect();
    let new = missing
        .iter()
        .zip(&times)
        .map(|(topic, (retention, segment))| {
            let partitions = i32::try_from(topic.partitions).unwrap_or(i32::MAX);
            NewTopic::new(&topic.name, partitions, TopicReplication::Fixed(copies))
            .set("retention.ms", retention)
            .set("segment.ms", segment)
            // However others compress what they send, consumers can read it.
            .set("compression.type", "lz4")
        });
    let new: Vec<_> = new.collect();
    let options = AdminOptions::new()
        .operation_timeout(Some(PATIENCE))
        .request_timeout(Some(PATIENCE * 2));
    let answers = admin.create_topics(&new, &options).await;
    let answers = answers.map_err(|error| format!("the topics cannot be made: {error}"))?;
    for answer in answers {
        match answer {
            Ok(topic) => tracing::info!(topic, "made a topic"),
            // Another process was faster.
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, error)) => return Err(format!("topic {topic} cannot be made: {error}")),
        }
    }
    Ok(())
}
