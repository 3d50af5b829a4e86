//! Kafka and Redis, tried by the program: they are no crates of this floor.

use hanok_accounts::command::{Host, Neighbour, Tried};

use super::finding::Finding;

/// Tries one of them.
pub(super) async fn look(host: &dyn Host, which: Neighbour) -> Finding {
    let check = which.as_str();
    match host.try_neighbour(which).await {
        Tried::Unused(why) => Finding::skipped(check, why),
        Tried::Works(seen) => Finding::ok(check, seen),
        Tried::Fails { found, remedy } => Finding::failed(check, found, remedy),
    }
}
