//! The configuration section `kafka`; the crate `hanok-kafka` acts on it.

use std::collections::HashSet;
use std::time::Duration;

use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::event::Topic;

/// Section `kafka`: where the brokers are, and how topics are named and made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KafkaConfig {
    /// The brokers to begin with, as `host:port`, separated by commas; empty for none.
    pub bootstrap_servers: String,
    /// The name by which the brokers' logs and quotas know this program.
    pub client_id: String,
    /// What the names of consumer groups begin with: `<prefix>.<app>`.
    pub group_prefix: String,
    /// Topic of the apps' typed events.
    pub domain_events_topic: String,
    /// Topic of notifications.
    pub notifications_topic: String,
    /// Topic of what people did.
    pub user_activities_topic: String,
    /// Topic of mail to be sent.
    pub email_notifications_topic: String,
    /// Topic of what providers are to be told.
    pub provider_callbacks_topic: String,
    /// Topic of price alerts.
    pub market_alerts_topic: String,
    /// Topic of the probes that `hanok doctor` sends.
    pub probe_topic: String,
    /// Partitions of a topic that is made at the start; as many of its messages are handled side by side.
    pub partitions: u32,
    /// Copies of a topic that is made at the start; 0 for what the brokers are set to.
    pub replication: u32,
    /// How long a topic that is made at the start keeps a message; days.
    pub retention_days: u32,
    /// Most events that are sent without waiting for the first to be taken over.
    pub in_flight: u32,
    /// How long an event may wait for the brokers before it counts as not taken over; milliseconds.
    pub send_timeout_ms: u64,
    /// How long one process may be silent before its share of the partitions goes to another; milliseconds.
    pub session_timeout_ms: u64,
}

impl Default for KafkaConfig {
    fn default() -> Self {
        Self {
            bootstrap_servers: String::new(),
            client_id: "hanok".to_owned(),
            group_prefix: "hanok".to_owned(),
            domain_events_topic: "domain_events".to_owned(),
            notifications_topic: "notifications".to_owned(),
            user_activities_topic: "user_activities".to_owned(),
            email_notifications_topic: "email_notifications".to_owned(),
            provider_callbacks_topic: "provider_callbacks".to_owned(),
            market_alerts_topic: "market_alerts".to_owned(),
            probe_topic: "hanok_probe".to_owned(),
            partitions: 6,
            replication: 0,
            retention_days: 7,
            in_flight: 500,
            send_timeout_ms: 30_000,
            session_timeout_ms: 10_000,
        }
    }
}

impl KafkaConfig {
    /// The name of a stream on the brokers.
    pub fn topic_name(&self, topic: Topic) -> &str {
        match topic {
            Topic::DomainEvents => &self.domain_events_topic,
            Topic::Notifications => &self.notifications_topic,
            Topic::UserActivities => &self.user_activities_topic,
            Topic::EmailNotifications => &self.email_notifications_topic,
            Topic::ProviderCallbacks => &self.provider_callbacks_topic,
            Topic::MarketAlerts => &self.market_alerts_topic,
        }
    }

    /// The stream of that name on the brokers.
    pub fn topic_named(&self, name: &str) -> Option<Topic> {
        Topic::ALL
            .iter()
            .copied()
            .find(|topic| self.topic_name(*topic) == name)
    }

    /// The consumer group of an app.
    pub fn group(&self, app: &str) -> String {
        format!("{}.{app}", self.group_prefix)
    }

    /// How long a topic that is made at the start keeps a message.
    pub fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.retention_days) * 24 * 60 * 60)
    }

    fn topics(&self) -> [(&'static str, &str); 7] {
        [
            ("domain_events_topic", &self.domain_events_topic),
            ("notifications_topic", &self.notifications_topic),
            ("user_activities_topic", &self.user_activities_topic),
            ("email_notifications_topic", &self.email_notifications_topic),
            ("provider_callbacks_topic", &self.provider_callbacks_topic),
            ("market_alerts_topic", &self.market_alerts_topic),
            ("probe_topic", &self.probe_topic),
        ]
    }

    fn range_problems(&self) -> impl Iterator<Item = Problem> {
        let ranges = [
            ("partitions", u64::from(self.partitions), 1, 1_000),
            ("replication", u64::from(self.replication), 0, 100),
            ("retention_days", u64::from(self.retention_days), 1, 364),
            ("in_flight", u64::from(self.in_flight), 1, 5_000),
            ("send_timeout_ms", self.send_timeout_ms, 1_000, 300_000),
            ("session_timeout_ms", self.session_timeout_ms, 6_000, 60_000),
        ];
        ranges
            .into_iter()
            .filter(|(_, value, low, high)| !(low..=high).contains(&value))
            .map(|(key, value, low, high)| {
                Problem::new(
                    key,
                    format!("expected a number from {low} to {high}, not {value}"),
                )
            })
    }

    fn name_problems(&self) -> impl Iterator<Item = Problem> {
        let mut seen = HashSet::new();
        let twice = self
            .topics()
            .into_iter()
            .filter(move |(_, name)| !seen.insert(*name))
            .map(|(key, name)| {
                Problem::new(key, format!("{name} is another topic's name already"))
            });
        let others = [
            ("client_id", self.client_id.as_str()),
            ("group_prefix", &self.group_prefix),
        ];
        self.topics()
            .into_iter()
            .chain(others)
            .filter(|(_, name)| !is_a_name(name))
            .map(|(key, _)| Problem::new(key, "expected 1 to 249 of a-z, A-Z, 0-9, ., _ and -"))
            .chain(twice)
    }
}

/// As Kafka has it, for topics; the rest keeps to the same.
fn is_a_name(name: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"._-".contains(&letter);
    (1..=249).contains(&name.len()) && name.bytes().all(fits) && name != "." && name != ".."
}

fn is_an_address(address: &str) -> bool {
    let parts = address.trim().rsplit_once(':');
    parts.is_some_and(|(host, port)| {
        !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

impl Validate for KafkaConfig {
    fn validate(&self) -> Vec<Problem> {
        let servers = self.bootstrap_servers.as_str();
        let misspelt = !servers.is_empty() && !servers.split(',').all(is_an_address);
        let servers = misspelt.then(|| {
            Problem::new(
                "bootstrap_servers",
                "expected host:port, or several separated by commas",
            )
        });
        servers
            .into_iter()
            .chain(self.name_problems())
            .chain(self.range_problems())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(section: &str) -> Vec<String> {
        let config: KafkaConfig = serde_json::from_str(section).unwrap();
        let problems = config.validate().into_iter();
        problems.map(|problem| problem.key).collect()
    }

    #[test]
    fn every_stream_has_a_topic_that_leads_back_to_it() {
        let config = KafkaConfig::default();
        assert_eq!(config.validate(), Vec::new());
        for topic in Topic::ALL {
            assert_eq!(config.topic_named(config.topic_name(*topic)), Some(*topic));
        }
        assert_eq!(config.topic_named("hanok_probe"), None);
    }

    #[test]
    fn every_fault_is_named() {
        let wrong = r#"{"bootstrap_servers": "kafka", "partitions": 0, "client_id": "", "session_timeout_ms": 5}"#;
        assert_eq!(
            faults(wrong),
            [
                "bootstrap_servers",
                "client_id",
                "partitions",
                "session_timeout_ms"
            ]
        );
        let twice = r#"{"notifications_topic": "all", "market_alerts_topic": "all"}"#;
        assert_eq!(faults(twice), ["market_alerts_topic"]);
        let good = r#"{"bootstrap_servers": "a.example:9092, [::1]:9093"}"#;
        assert_eq!(faults(good), Vec::<String>::new());
    }
}
