//! How events travel: in this process, or over Kafka where the program is built with it (feature `kafka`).

use hanok_base::config::Problem;
use hanok_base::metric::Metric;
use hanok_events::{BusChoice, BusKind};
use hanok_operator::Lags;
use hanok_web::health::Check;

use crate::config::Config;

/// The bus, what `/health/ready` asks of it, and how far its readers are behind.
pub(crate) struct Travel {
    pub(crate) bus: BusChoice,
    pub(crate) check: Option<Check>,
    pub(crate) lags: Option<Lags>,
}

/// The bus that the configuration asks for; it connects when it is first used.
pub(crate) fn travel(config: &Config) -> Travel {
    match config.events.bus {
        BusKind::Local => Travel {
            bus: BusChoice::Local,
            check: None,
            lags: None,
        },
        BusKind::Kafka => built::travel(config),
    }
}

/// What stands in the way of Kafka, where it is asked for.
pub(crate) fn problems(config: &Config) -> Vec<Problem> {
    if config.events.bus != BusKind::Kafka {
        return Vec::new();
    }
    let (kept, remembered) = (config.kafka.retention_days, config.events.processed_days);
    let faults = [
        (!built::IN).then(|| {
            Problem::new(
                "events.bus",
                "this program is built without Kafka: build it with `cargo build --release --features hanok/kafka`",
            )
        }),
        config.kafka.bootstrap_servers.is_empty().then(|| {
            Problem::new("kafka.bootstrap_servers", "needed where events.bus is \"kafka\"")
        }),
        (kept >= remembered).then(|| {
            let least = "expected less than events.processed_days";
            let why = "what comes back after it was forgotten would be handled twice";
            Problem::new("kafka.retention_days", format!("{least} ({remembered}): {why}"))
        }),
    ];
    faults.into_iter().flatten().collect()
}

/// What Kafka measures; nothing in a program without it.
pub(crate) const METRICS: &[Metric] = built::METRICS;

pub use built::try_kafka;

#[cfg(feature = "kafka")]
mod built {
    use std::sync::Arc;

    use hanok_accounts::command::Tried;
    use hanok_base::metric::Metric;
    use hanok_events::BusChoice;
    use hanok_kafka::{KafkaBus, Lag, ProbeFault, probe};
    use hanok_operator::GroupLag;
    use hanok_web::health::Check;

    use super::Travel;
    use crate::config::Config;

    pub(super) const IN: bool = true;
    pub(super) const METRICS: &[Metric] = hanok_kafka::METRICS;

    pub(super) fn travel(config: &Config) -> Travel {
        let bus = Arc::new(KafkaBus::new(config.kafka.clone()));
        let (asked, heard) = (Arc::clone(&bus), Arc::clone(&bus));
        let check = move || std::future::ready(asked.health());
        Travel {
            bus: BusChoice::Remote(bus),
            check: Some(Check::advisory("kafka", check)),
            lags: Some(Arc::new(move || lags(&heard))),
        }
    }

    fn lags(bus: &KafkaBus) -> Result<Vec<GroupLag>, String> {
        bus.health()?;
        Ok(bus.lags().into_iter().map(told).collect())
    }

    fn told(lag: Lag) -> GroupLag {
        GroupLag {
            group: lag.group,
            topic: lag.topic,
            messages: lag.messages,
            unknown: lag.unknown,
        }
    }

    /// Sends a message over Kafka and reads it.
    pub async fn try_kafka(config: &Config) -> Tried {
        let servers = &config.kafka.bootstrap_servers;
        match probe(&config.kafka).await {
            Ok(report) => Tried::Works(format!(
                "{servers}: {} broker(s); a message was taken over in {} ms and read in {} ms",
                report.brokers,
                report.produced_in.as_millis(),
                report.consumed_in.as_millis()
            )),
            Err(fault) => Tried::Fails {
                remedy: remedy(&fault).to_owned(),
                found: format!("{servers}: {fault}"),
            },
        }
    }

    const fn remedy(fault: &ProbeFault) -> &'static str {
        match fault {
            ProbeFault::NoAddress => "set kafka.bootstrap_servers (KAFKA_BOOTSTRAP_SERVERS)",
            ProbeFault::Unreachable(_) => {
                "start the brokers or correct kafka.bootstrap_servers; what they advertise must be reachable from here, and this program may make topics"
            }
            ProbeFault::NotProduced(_) => {
                "look at the brokers' log: enough in-sync replicas, room on their disks?"
            }
            ProbeFault::NotConsumed(_) => {
                "look at the brokers' log; the addresses they advertise must be reachable from here"
            }
        }
    }
}

#[cfg(not(feature = "kafka"))]
mod built {
    use std::future::{Ready, ready};

    use hanok_accounts::command::Tried;
    use hanok_base::metric::Metric;
    use hanok_events::BusChoice;

    use super::Travel;
    use crate::config::Config;

    pub(super) const IN: bool = false;
    pub(super) const METRICS: &[Metric] = &[];

    /// The configuration has refused Kafka before ([`super::problems`]).
    pub(super) fn travel(_: &Config) -> Travel {
        Travel {
            bus: BusChoice::Local,
            check: None,
            lags: None,
        }
    }

    /// Says that it is not built in.
    pub fn try_kafka(_: &Config) -> Ready<Tried> {
        let why = "this program is built without it (feature kafka)".to_owned();
        ready(Tried::Unused(why))
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::config::Loader;

    use crate::config::{Config, DEFAULTS};

    fn faults(flags: &[&str]) -> Vec<String> {
        let flags = flags.iter().map(ToString::to_string);
        let loaded = Loader::new(DEFAULTS).flags(flags).load::<Config>();
        let faults = loaded.err().map(|faults| faults.0).unwrap_or_default();
        faults.into_iter().map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn kafka_needs_an_address_and_a_memory_longer_than_its_topics() {
        let told = faults(&["events.bus=kafka", "events.processed_days=7"]);
        let of = |key: &str| told.iter().any(|fault| fault.contains(key));
        assert!(
            of("kafka.bootstrap_servers") && of("kafka.retention_days"),
            "{told:?}"
        );
        assert_eq!(faults(&["kafka.retention_days=30"]), Vec::<String>::new());
    }

    #[test]
    fn a_program_without_kafka_names_the_feature() {
        let told = faults(&["events.bus=kafka", "kafka.bootstrap_servers=127.0.0.1:9092"]);
        if cfg!(feature = "kafka") {
            assert_eq!(told, Vec::<String>::new());
        } else {
            assert!(
                told[0].contains("events.bus") && told[0].contains("--features"),
                "{told:?}"
            );
        }
    }
}
