//! `hanok doctor` and the services beside the store, where the test run has them and where they are away.

use hanok_testkit::free_port;

use crate::place::{Place, Told};

/// The address of a server that is there for tests.
#[expect(
    clippy::disallowed_methods,
    reason = "which server tests may use is no setting of the program"
)]
fn server(variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok();
    address.filter(|address| !address.is_empty())
}

fn with(key: &str, value: &str) -> Place {
    let mut place = Place::sqlite();
    place.done(&["migrate"]);
    place.set(key, value);
    place
}

#[tokio::test]
async fn a_redis_that_is_away_is_found_and_its_password_not_told() {
    let url = format!("redis://:secret-word@127.0.0.1:{}", free_port());
    let told = Told::by(&with("redis.url", &url), &[]);
    told.failed(&["redis"]);
    told.is("redis", "failed", &["redis.url", "REDIS_PASSWORD"]);
    assert!(!told.all.to_string().contains("secret-word"));
}

#[tokio::test]
async fn a_redis_that_answers_is_told_of() {
    let Some(url) = server("HANOK_TEST_REDIS") else {
        println!("not run: Redis (HANOK_TEST_REDIS is unset)");
        return;
    };
    let told = Told::by(&with("redis.url", &url), &[]);
    told.failed(&[]);
    told.is("redis", "ok", &["version"]);
}

#[tokio::test]
async fn a_kafka_that_is_away_is_found_before_events_are_sent_over_it() {
    let broker = format!("127.0.0.1:{}", free_port());
    let told = Told::by(&with("kafka.bootstrap_servers", &broker), &["--kafka"]);
    if cfg!(feature = "kafka") {
        told.failed(&["kafka"]);
        told.is("kafka", "failed", &[&broker, "kafka.bootstrap_servers"]);
    } else {
        told.failed(&[]);
        told.is("kafka", "skipped", &["built without it"]);
    }
}

#[tokio::test]
async fn a_kafka_that_answers_is_told_of() {
    let Some(broker) = server("HANOK_TEST_KAFKA").filter(|_| cfg!(feature = "kafka")) else {
        println!("not run: Kafka (HANOK_TEST_KAFKA is unset, or the program is built without it)");
        return;
    };
    let told = Told::by(&with("kafka.bootstrap_servers", &broker), &["--kafka"]);
    told.failed(&[]);
    told.is("kafka", "ok", &[&broker, "ms"]);
}
