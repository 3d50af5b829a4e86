//! How an organisation runs its people: the list of accounts, departments and teams, roles of its own, the
//! reading of the audit trail, alerts, what people do; the console (`/admin`) and `/api/v1` beside it.
//!
//! Who somebody is and how they prove it is `accounts`; here is what those may do about others who were given
//! the permission. Invariants: nobody acts on an account, grants a role or lists a permission that they lack;
//! a list holds whom its reader may see in its base query, not by a filter afterwards; personal data is masked
//! unless revealed, one field at a time, with a reason, on the record; every write is one unit with its audit
//! row.
//!
//! Tables: those of `accounts` (departments, teams, roles), `people_import`, its own alerts, and what people
//! do. Events out: `organisation.changed`. Events in: `user.activity`.

mod activity;
mod alert;
mod answer;
mod audit;
mod console;
mod context;
mod fault;
mod import;
mod live;
mod organisation;
pub mod role;
mod routes;
pub mod user;

pub use console::routes as console_routes;
pub use context::{People, PeopleParts};
pub use fault::Fault;
pub use routes::PeopleApp;

use hanok_base::i18n::Locale;
use hanok_db::{Migration, MigrationSet, Sql};

/// The texts of this crate's pages, as functions.
pub mod text {
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

/// What this crate tells callers, for the program's catalogue.
pub const MESSAGES: [(Locale, &str); 2] = [
    (Locale::Ko, include_str!("../i18n/ko.toml")),
    (Locale::En, include_str!("../i18n/en.toml")),
];

/// The tables of this crate: one set for each of its parts that keeps some.
pub fn migrations() -> Vec<MigrationSet> {
    let alert = MigrationSet {
        name: "people_alert",
        migrations: &[Migration {
            version: 1,
            name: "alert",
            sql: Sql::Both(include_str!("../migrations/alert/V1__alert.sql")),
        }],
    };
    vec![import::migrations(), alert, activity::migrations()]
}
