//! The bus against Apache Kafka itself: `scripts/with-kafka cargo test -p hanok-kafka`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

mod away;
mod broker;
mod contract;
mod foreign;
mod groups;
mod house;
mod order;
mod probe;
mod recorder;
mod topics;
