//! The server is killed while people confirm, and starts again: nothing is lost, nothing is told twice
//! with different codes, and the audit trail is whole.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

#[path = "crash/house.rs"]
mod house;
#[path = "crash/people.rs"]
mod people;
#[path = "crash/store.rs"]
mod store;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hanok_testkit::Sink;

use house::House;
use store::Store;

/// How many people confirm at once.
const PEOPLE: usize = 200;
/// How many times the server is killed.
const ROUNDS: usize = 10;

async fn survives(store: Store) {
    let sink = Sink::start().await;
    let house = House::prepare(store, &sink, PEOPLE).await;
    let mut completed = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut server = house.serve().await;
        let asked = house.ask_everybody().await;
        let mut confirms: FuturesUnordered<_> =
            asked.iter().map(|asked| house.confirm(asked)).collect();
        // Killed after another number of answers each time, the others on their way.
        let mut answered = 0;
        while answered < 7 + 19 * round {
            let Some(done) = confirms.next().await else {
                break;
            };
            answered += 1;
            completed.extend(done);
        }
        server.kill();
        while let Some(done) = confirms.next().await {
            completed.extend(done);
        }
    }
    let _server = house.serve().await;
    let told = house.wait_until_all_are_told(&sink).await;
    let in_store = house.completed().await;
    assert!(
        completed.is_subset(&in_store),
        "answered 200 and not completed"
    );
    assert!(completed.len() >= ROUNDS, "the rounds confirmed something");
    for transaction in &in_store {
        let codes = &told[transaction];
        assert_eq!(
            codes.len(),
            1,
            "{transaction} was told with {} codes",
            codes.len()
        );
    }
    house.assert_audit_is_whole();
}

/// The codes that each transaction was told with.
type Told = BTreeMap<String, BTreeSet<String>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_confirm_on_sqlite() {
    survives(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_confirm_on_postgresql() {
    match Store::postgres().await {
        Some(store) => survives(store).await,
        None => {
            println!(
                "not run: the crash test on PostgreSQL (HANOK_TEST_POSTGRES_DURABLE is unset)"
            );
        }
    }
}
