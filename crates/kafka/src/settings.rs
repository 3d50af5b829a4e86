//! What the client library is told.

use hanok_events::KafkaConfig;
use rdkafka::ClientConfig;

/// What every client is told.
pub(crate) fn client(config: &KafkaConfig) -> ClientConfig {
    with(
        ClientConfig::new(),
        &[
            ("bootstrap.servers", &config.bootstrap_servers),
            ("client.id", &config.client_id),
            ("socket.keepalive.enable", "true"),
            ("socket.connection.setup.timeout.ms", "10000"),
            // A broker that comes back is found within two seconds.
            ("reconnect.backoff.max.ms", "2000"),
        ],
    )
}

/// What the producer is told: all in-sync replicas, in order, each message once.
pub(crate) fn producer(config: &KafkaConfig) -> ClientConfig {
    with(
        client(config),
        &[
            ("acks", "all"),
            ("enable.idempotence", "true"),
            ("linger.ms", "5"),
            ("compression.type", "lz4"),
            ("message.timeout.ms", &config.send_timeout_ms.to_string()),
            ("queue.buffering.max.messages", "10000"),
            // As Java's clients do, so that they find a key where we put it.
            ("partitioner", "murmur2_random"),
            ("statistics.interval.ms", "2000"),
        ],
    )
}

/// What the consumer of a group is told. It polls always, so silence means that its process is gone.
pub(crate) fn consumer(config: &KafkaConfig, group: &str) -> ClientConfig {
    let (silence, beat) = (config.session_timeout_ms, config.session_timeout_ms / 3);
    with(
        client(config),
        &[
            ("group.id", group),
            ("enable.auto.commit", "true"),
            ("auto.commit.interval.ms", "1000"),
            ("enable.auto.offset.store", "false"),
            // A group that is new, or was away too long, begins with all that is kept.
            ("auto.offset.reset", "earliest"),
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("session.timeout.ms", &silence.to_string()),
            ("heartbeat.interval.ms", &beat.to_string()),
            ("queued.min.messages", "1000"),
            ("queued.max.messages.kbytes", "4096"),
            ("statistics.interval.ms", "5000"),
        ],
    )
}

fn with(mut client: ClientConfig, settings: &[(&str, &str)]) -> ClientConfig {
    for (key, value) in settings {
        client.set(*key, *value);
    }
    client
}
