//! Kafka between the two programs of a test application, where the test run has one and the testkit is built
//! with it (feature `kafka`): events go from the one to the other over topics of the test's own.

use hanok_db::{Db, DbError, params};
use hanok_events::{EventId, Handler, Topic};

#[cfg(feature = "kafka")]
pub(crate) use built::Brokers;
#[cfg(not(feature = "kafka"))]
pub(crate) use left_out::Brokers;

hanok_db::record! {
    /// An event that the brokers have.
    struct Sent {
        event_id: EventId,
        topic: Topic,
        event_type: String,
    }
}

const UNHANDLED: &str = const_format::concatcp!(
    "SELECT ",
    Sent::COLUMNS,
    " FROM outbox WHERE sent_at IS NOT NULL \
     AND event_id NOT IN (SELECT event_id FROM processed WHERE consumer = $1) \
     AND event_id NOT IN (SELECT event_id FROM event_retry WHERE consumer = $1) \
     AND event_id NOT IN (SELECT item_id FROM dead_letter WHERE consumer = $1)"
);

/// Whether an event was sent that one of these has neither handled nor set aside.
pub(crate) async fn have_more(db: &Db, handlers: &[std::sync::Arc<dyn Handler>]) -> bool {
    for handler in handlers {
        let consumer = handler.consumer();
        let read: Result<Vec<Sent>, DbError> = db
            .read(async move |conn| conn.all(UNHANDLED, params![consumer]).await)
            .await;
        let wanted = |sent: &Sent| handler.wants(sent.topic, &sent.event_type);
        if read.unwrap().iter().any(wanted) {
            return true;
        }
    }
    false
}

#[cfg(feature = "kafka")]
mod built {
    use std::sync::Arc;

    use hanok_base::Random;
    use hanok_base::encoding::hex_encode;
    use hanok_events::{BusChoice, KafkaConfig};
    use hanok_kafka::KafkaBus;

    use crate::{neighbours, section};

    /// The brokers of the test run, with topics that no other test has.
    #[derive(Clone)]
    pub(crate) struct Brokers(KafkaConfig);

    impl Brokers {
        pub(crate) fn of_the_run() -> Option<Self> {
            let servers = neighbours::variable("HANOK_TEST_KAFKA")?;
            let own = format!("test-{}", hex_encode(&Random::system().bytes::<6>()));
            let mut config: KafkaConfig = section("kafka");
            config.bootstrap_servers = servers;
            config.partitions = 1;
            for name in [
                &mut config.group_prefix,
                &mut config.domain_events_topic,
                &mut config.notifications_topic,
                &mut config.user_activities_topic,
                &mut config.email_notifications_topic,
                &mut config.provider_callbacks_topic,
                &mut config.market_alerts_topic,
            ] {
                *name = format!("{own}.{name}");
            }
            Some(Self(config))
        }

        /// A program's bus over them.
        pub(crate) fn bus(&self) -> BusChoice {
            BusChoice::Remote(Arc::new(KafkaBus::new(self.0.clone())))
        }
    }
}

#[cfg(not(feature = "kafka"))]
mod left_out {
    use hanok_events::BusChoice;

    /// None.
    #[derive(Clone)]
    pub(crate) enum Brokers {}

    impl Brokers {
        pub(crate) const fn of_the_run() -> Option<Self> {
            None
        }

        pub(crate) fn bus(&self) -> BusChoice {
            match *self {}
        }
    }
}
