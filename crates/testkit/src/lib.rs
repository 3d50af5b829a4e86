//! The test application: the whole program in this process, over a store of the test's own.
//!
//! ```no_run
//! # fn main() {}
//! use hanok_testkit::TestApp;
//!
//! hanok_db::both_engines! {
//!     sets(&hanok_testkit::sets());
//!
//!     async fn a_person_reads_their_account(db: Db) {
//!         let app = TestApp::builder(db).start().await;
//!         let haneul = app.person("haneul").await;
//!         let me = app.client().of(&haneul).get("/api/v1/me").await.assert_status(200);
//!         assert_eq!(me.body["username"], "haneul");
//!         app.finish().await;
//!     }
//! }
//! ```
//!
//! It knows accounts at most; apps are handed to it ([`Builder::apps`]). Time stands still until the
//! test moves [`TestApp::clock`]; nothing runs in the background until [`TestApp::settle`]; hashes are
//! cheap; rate limits are off unless [`Builder::with_limits`]. Text messages are in [`TestApp::sms`].
//!
//! Invariants: [`TestApp::finish`] ends every test and fails one that leaves events, jobs or dead
//! letters behind; no helper sleeps; what a phone signs is computed here, not by the program's code.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

pub mod access;
mod answer;
mod app;
mod audit;
mod brokers;
mod browser;
mod builder;
mod client;
mod ground;
mod log;
mod neighbours;
mod person;
mod phone;
mod ports;
mod processes;
mod program;
mod scan;
mod settings;
mod sharing;
mod sink;
mod site;
pub mod wire;

pub use answer::Answer;
pub use app::TestApp;
pub use audit::AuditLine;
pub use browser::Browser;
pub use builder::{Builder, Kit};
pub use client::{Call, Client};
pub use person::{NewPerson, PASSWORD, PIN, Person};
pub use phone::Phone;
pub use ports::{free_port, free_ports};
pub use settings::{Settings, section};
pub use sharing::Sharing;
pub use sink::{Delivery, Gate, Reply, Sink};
pub use site::Site;

use hanok_db::MigrationSet;

/// The tables below every app, for `both_engines! { sets(&hanok_testkit::sets()); … }`; an app's own
/// come behind them.
pub fn sets() -> Vec<MigrationSet> {
    vec![
        hanok_events::migrations(),
        hanok_accounts::audit::migrations(),
        hanok_accounts::migrations(),
    ]
}
