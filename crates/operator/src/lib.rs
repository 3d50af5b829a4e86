//! The commands of whoever runs the program: its settings, tables, keys and dead letters; and how a
//! process of it begins, logs and ends.
//!
//! Invariants: a command that looks makes and changes nothing; what it changes is on the audit trail.

mod background;
mod backup;
mod config;
mod doctor;
mod events;
mod keys;
mod log;
mod log_levels;
pub mod metrics;
mod migrate;
mod openapi;
mod readiness;
mod restore;
mod schema;
mod serving;
mod store;
mod system;

pub use background::Background;
pub use log::{console_log, deleting_old_logs, whole_log};
pub use log_levels::following_levels;
pub use metrics::{Metrics, MetricsConfig};
pub use readiness::store_check;
pub use serving::{hold_data_dir, listen, until_a_signal};
pub use store::open_store;
pub use system::{GroupLag, Lags, SharedHost, System, SystemApp};

use hanok_accounts::command::Command;
use hanok_base::i18n::Locale;
use hanok_db::{Migration, MigrationSet, Sql};

use backup::Backup;
use config::Config;
use doctor::Doctor;
use events::Events;
use keys::Keys;
use log_levels::Log;
use migrate::Migrate;
use openapi::Openapi;
use restore::Restore;
use schema::ShowSchema;

/// The texts of this crate's pages, as functions.
pub mod text {
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

/// What this crate tells callers, for the program's catalogue.
pub const MESSAGES: [(Locale, &str); 2] = [
    (Locale::Ko, include_str!("../i18n/ko.toml")),
    (Locale::En, include_str!("../i18n/en.toml")),
];

/// The commands, in the order in which `hanok help` lists them.
pub fn commands() -> Vec<Command> {
    vec![
        Command::of::<Migrate>(),
        Command::of::<Backup>(),
        Command::of::<Restore>(),
        Command::of::<Doctor>(),
        Command::of::<Config>(),
        Command::of::<Keys>(),
        Command::of::<Events>(),
        Command::of::<Log>(),
        Command::of::<Openapi>(),
        Command::of::<ShowSchema>(),
    ]
}

/// The tables of this crate.
pub const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "operator",
        migrations: &[Migration {
            version: 1,
            name: "operator",
            sql: Sql::Both(include_str!("../migrations/V1__operator.sql")),
        }],
    }
}
