//! The mode in which every test application on PostgreSQL is two programs over one database, and each call
//! goes to the next of the two (`scripts/with-neighbours`).
//!
//! The two have a pool of connections, caches, sockets and an engine each, and meet over Redis, or where there
//! is none over PostgreSQL's news; events travel over Kafka, where there is one, from the one to the other. They share what lies outside a process (text messages, mail), the key ring,
//! the clock, which stands still for both, and the threads that hash, which tests count.

use std::io::Write;

use hanok_db::{Db, Engine};
use hanok_redis::testing;

use crate::sharing::Sharing;

const WANTED: &str = "HANOK_TEST_NEIGHBOURS";
const ALONE: &str = "HANOK_TEST_ALONE";

/// Whether a test application over this store is two programs.
pub(crate) fn wanted(db: &Db) -> bool {
    db.engine() == Engine::Postgres && variable(WANTED).is_some()
}

/// What the two share.
pub(crate) async fn sharing(db: &Db) -> Sharing {
    if let Some(config) = testing::beside() {
        return Sharing::over_redis(&config).await;
    }
    let mut sharing = Sharing::over_postgres(db).await.expect("PostgreSQL");
    // Two programs without Redis have a limit each, which tests of limits do not expect.
    sharing.two.counters = sharing.one.counters.clone();
    sharing
}

/// Puts a test that runs one program all the same on the list that ends the run.
pub(crate) fn tell_alone(reason: &str) {
    let Some(list) = variable(ALONE) else { return };
    let test = std::thread::current();
    let line = format!(
        "one program: {}, because {reason}\n",
        test.name().unwrap_or("a test")
    );
    let file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(list);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .expect("the list can be written");
}

/// What the test run says.
#[expect(
    clippy::disallowed_methods,
    reason = "how tests run is no setting of the program"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
