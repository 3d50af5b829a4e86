//! The commands of whoever runs the program: its settings, tables, keys and dead letters; and how a
//! process of it begins, logs and ends.
//!
//! Invariants: a command that looks makes and changes nothing; what it changes is on the audit trail.

mod background;
mod config;
mod events;
mod keys;
mod log;
mod migrate;
mod openapi;
mod serving;
mod store;

pub use background::Background;
pub use log::{console_log, whole_log};
pub use serving::{listen, until_a_signal};
pub use store::open_store;

use hanok_accounts::command::Command;

use config::Config;
use events::Events;
use keys::Keys;
use migrate::Migrate;
use openapi::Openapi;

/// The commands, in the order in which `hanok help` lists them.
pub fn commands() -> Vec<Command> {
    vec![
        Command::of::<Migrate>(),
        Command::of::<Config>(),
        Command::of::<Keys>(),
        Command::of::<Events>(),
        Command::of::<Openapi>(),
    ]
}
