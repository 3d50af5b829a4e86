//! The server is killed while people confirm, and starts again: nothing is lost, nothing is told twice
//! with different codes, and the audit trail is whole.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hanok_testkit::Sink;

use crate::house::House;
use crate::store::Store;

/// How many people confirm at once.
const PEOPLE: usize = 200;
/// How many times a server is killed, the only one or one of two.
const ROUNDS: usize = 10;
const ROUNDS_OF_TWO: usize = 5;

/// One of the processes is killed in every round.
async fn survives(store: Store, processes: usize, rounds: usize) {
    let sink = Sink::start().await;
    let house = House::prepare(store, processes, &sink, PEOPLE).await;
    let mut servers = house.serve_all().await;
    let mut completed = BTreeSet::new();
    for round in 0..rounds {
        let victim = round % processes;
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
        servers[victim].kill();
        while let Some(done) = confirms.next().await {
            completed.extend(done);
        }
        if processes > 1 {
            // Whoever stands takes over what the other was about to tell.
            let told = house.wait_until_all_are_told(&sink).await;
            assert!(completed.iter().all(|id| told.contains_key(id)));
        }
        servers[victim] = house.installed.serve(victim).await;
    }
    let told = house.wait_until_all_are_told(&sink).await;
    let in_store = house.completed().await;
    assert!(
        completed.is_subset(&in_store),
        "answered 200 and not completed"
    );
    assert!(completed.len() >= rounds, "the rounds confirmed something");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_confirm_on_sqlite() {
    survives(Store::sqlite(), 1, ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_confirm_on_postgresql() {
    if let Some(store) = Store::postgres().await {
        survives(store, 1, ROUNDS).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_of_two_servers_was_about_to_do_when_it_was_killed_the_other_does() {
    if let Some(store) = Store::postgres().await {
        survives(store, 2, ROUNDS_OF_TWO).await;
    }
}
