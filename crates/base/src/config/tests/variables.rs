//! Secrets in files and well-known variables.

use std::fs;

use super::{Engine, Root, faults, source, with};
use crate::config::*;

#[test]
fn a_secret_is_read_from_the_file_that_is_named_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("password");
    fs::write(&secret, "hunter2\n").unwrap();
    let path = secret.to_str().unwrap();
    for name in [
        "HANOK__STORE__POSTGRES_PASSWORD_FILE",
        "POSTGRES_PASSWORD_FILE",
    ] {
        let loaded = with(&[(name, path)]).load::<Root>().unwrap();
        assert_eq!(
            loaded
                .value
                .store
                .postgres_password
                .as_ref()
                .unwrap()
                .expose(),
            "hunter2"
        );
        let expected = format!("{path} (named by {name} in the environment)");
        assert_eq!(
            source(&loaded, "store.postgres_password"),
            ("[secret]", expected)
        );
        assert!(!format!("{loaded:?}").contains("hunter2"));
    }
    let both = faults(with(&[
        ("HANOK__STORE__POSTGRES_PASSWORD", "x"),
        ("HANOK__STORE__POSTGRES_PASSWORD_FILE", path),
    ]));
    assert!(both[0].contains("one of the two"), "{both:?}");
    let missing = faults(with(&[(
        "HANOK__STORE__POSTGRES_PASSWORD_FILE",
        "/nonexistent",
    )]));
    assert!(
        missing[0].contains("/nonexistent cannot be read"),
        "{missing:?}"
    );
}

#[test]
fn well_known_names_are_understood_below_our_own() {
    let loaded = with(&[
        ("PORT", "9000"),
        ("ENV", "prod"),
        ("DB_PORT", "6000"),
        ("HANOK__STORE__POSTGRES_PORT", "6001"),
        ("DB_PASSWORD", ""),
        ("SECRET_KEY", "not for this type"),
    ])
    .load::<Root>()
    .unwrap();
    assert_eq!(loaded.value.environment, Environment::Production);
    assert_eq!(loaded.value.store.engine, Engine::Postgres);
    assert_eq!(loaded.value.store.postgres_port, 6001);
    assert!(loaded.value.store.postgres_password.is_none());
    assert_eq!(
        source(&loaded, "server.port"),
        ("9000", "PORT in the environment".to_owned())
    );
    assert_eq!(
        source(&loaded, "server.name"),
        ("\"hanok\"", "default".to_owned())
    );
    assert_eq!(
        source(&loaded, "store.postgres_password"),
        ("", "default".to_owned())
    );
}

#[test]
fn a_database_address_selects_the_engine() {
    for (url, kept) in [
        (
            "postgres://h:p@db/n?sslmode=require",
            "postgresql://h:p@db/n?sslmode=require",
        ),
        (
            "postgresql+psycopg2://h:p@db:5432/n",
            "postgresql://h:p@db:5432/n",
        ),
    ] {
        let loaded = with(&[("DATABASE_URL", url)]).load::<Root>().unwrap();
        assert_eq!(loaded.value.store.engine, Engine::Postgres);
        assert_eq!(
            loaded.value.store.postgres_url.as_ref().unwrap().expose(),
            kept
        );
    }
    let alias = aliases()
        .iter()
        .find(|alias| alias.name == "DATABASE_URL")
        .unwrap();
    assert_eq!(
        alias.settings("sqlite:////var/h.db").unwrap()[1],
        ("store.sqlite_path", "/var/h.db".to_owned())
    );
}

#[test]
fn an_address_of_kafka_selects_the_bus_and_topics_do_not() {
    let settings = |name: &str, text| {
        let alias = aliases().iter().find(|alias| alias.name == name).unwrap();
        alias.settings(text).unwrap()
    };
    assert_eq!(
        settings("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"),
        [
            ("events.bus", "kafka".to_owned()),
            ("kafka.bootstrap_servers", "kafka:9092".to_owned())
        ]
    );
    for (name, key) in [
        ("KAFKA_NOTIFICATION_TOPIC", "kafka.notifications_topic"),
        ("KAFKA_ACTIVITY_LOG_TOPIC", "kafka.user_activities_topic"),
        (
            "KAFKA_EMAIL_NOTIFICATION_TOPIC",
            "kafka.email_notifications_topic",
        ),
    ] {
        assert_eq!(settings(name, "t"), [(key, "t".to_owned())]);
    }
}

#[test]
fn mysql_is_answered_in_words() {
    for (name, text) in [
        ("DB_PORT", "3306"),
        ("DATABASE_URL", "mysql://h:p@db/n"),
        ("DATABASE_URL", "mysql+pymysql://h:p@db/n"),
        ("DATABASE_URL", "postgres://h:p@db:3306/n"),
    ] {
        let found = faults(with(&[(name, text)]));
        assert!(
            found[0].ends_with("Hanok uses PostgreSQL, not MySQL"),
            "{found:?}"
        );
        assert!(!found[0].contains("h:p"), "{found:?}");
    }
}
