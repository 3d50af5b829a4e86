//! Redis and Kafka, where the test run has them.

use hanok_base::Random;
use hanok_base::encoding::hex_encode;

const TOPICS: [&str; 7] = [
    "domain_events_topic",
    "notifications_topic",
    "user_activities_topic",
    "email_notifications_topic",
    "provider_callbacks_topic",
    "market_alerts_topic",
    "probe_topic",
];

/// The settings that put them beside the program, with names that no other installation has.
pub fn settings() -> Vec<(String, String)> {
    let own = format!("test-{}", hex_encode(&Random::system().bytes::<6>()));
    let mut settings = Vec::new();
    let mut set = |key: &str, value: &str| settings.push((key.to_owned(), value.to_owned()));
    if let Some(url) = redis() {
        set("redis.url", &url);
        set("redis.prefix", &own);
        // The machine does other things besides.
        set("redis.timeout_ms", "2000");
    }
    if let Some(servers) = kafka() {
        set("events.bus", "kafka");
        set("kafka.bootstrap_servers", &servers);
        set("kafka.group_prefix", &own);
        for topic in TOPICS {
            set(&format!("kafka.{topic}"), &format!("{own}.{topic}"));
        }
    }
    settings
}

/// Whether a setting is one of those, which a program that only looks does without.
pub fn is_beside(key: &str) -> bool {
    key == "events.bus" || key.starts_with("redis.") || key.starts_with("kafka.")
}

/// The Redis of the test run.
pub fn redis() -> Option<String> {
    variable("HANOK_TEST_REDIS")
}

/// The Kafka of the test run, where the program is built with it.
pub fn kafka() -> Option<String> {
    variable("HANOK_TEST_KAFKA").filter(|_| cfg!(feature = "kafka"))
}

/// What the test run says.
#[expect(
    clippy::disallowed_methods,
    reason = "which servers tests may use is no setting of the program"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
