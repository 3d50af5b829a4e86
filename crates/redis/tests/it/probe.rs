//! The operator tries a Redis.

use hanok_base::Secret;
use hanok_redis::testing::{self, Server};
use hanok_redis::{RedisConfig, probe};

#[tokio::test]
async fn one_that_answers_says_its_version_and_how_long_it_took() {
    let Some(config) = testing::beside() else {
        return;
    };
    let probe = probe(&config).await.unwrap();
    assert!(probe.version.is_some_and(|version| !version.is_empty()));
    assert!(!probe.round_trip.is_zero());
}

#[tokio::test]
async fn one_that_does_not_is_told_without_the_password() {
    let Some(mut server) = Server::start_with(Some("s3same")).unwrap() else {
        return;
    };
    let wrong = RedisConfig {
        password: Some(Secret::new("hunter2".to_owned())),
        ..testing::section(&server.url())
    };
    let told = probe(&wrong).await.unwrap_err();
    assert!(!told.contains("hunter2"), "{told}");
    let right = RedisConfig {
        password: Some(Secret::new("s3same".to_owned())),
        ..testing::section(&server.url())
    };
    assert!(probe(&right).await.is_ok());
    server.kill().unwrap();
    let told = probe(&testing::section(&server.url())).await.unwrap_err();
    assert!(!told.is_empty());
    assert_eq!(
        probe(&RedisConfig::default()).await,
        Err("redis.url is not set".to_owned())
    );
}
