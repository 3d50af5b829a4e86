//! The probe of `hanok doctor`.

use hanok_events::KafkaConfig;
use hanok_kafka::{ProbeFault, probe};

use crate::broker::shared;
use crate::house::topics_of_ones_own;

#[tokio::test]
async fn a_probe_goes_there_and_back() {
    let Some(address) = shared() else { return };
    let config = topics_of_ones_own(&address);
    for _ in 0..2 {
        let report = probe(&config).await.unwrap();
        assert_eq!((report.brokers, &report.topic), (1, &config.probe_topic));
    }
}

#[tokio::test]
async fn a_probe_says_where_it_ended() {
    let nowhere = probe(&KafkaConfig::default()).await;
    assert_eq!(nowhere, Err(ProbeFault::NoAddress));
    let refused = probe(&topics_of_ones_own("127.0.0.1:1")).await;
    assert!(
        matches!(refused, Err(ProbeFault::Unreachable(_))),
        "{refused:?}"
    );
}
