//! People: accounts, roles and permissions, sign-in and sessions, paired phones, proven numbers, PINs,
//! and the audit trail; and [`App`], the one interface between the binary and an app.
//!
//! Invariants: a credential is never stored, logged or shown in plain; every write is one unit with its
//! audit row; what a session may do is read again at most two seconds after it changed; attempts at a
//! password, PIN or code are counted before they are checked, so that parallel guesses buy nothing.
//!
//! Events out: `account.created`, `account.changed`, `account.noticed`, `account.email_verified`, `device.paired`, `device.revoked`,
//! `api_key.created`, `api_key.revoked`, `user.activity`. Events in: none.

pub mod account;
pub mod activity;
pub mod address_list;
pub mod api_key;
pub mod app;
pub mod attempt;
pub mod audit;
pub mod authority;
pub mod birthdate;
pub mod ci;
pub mod command;
mod config;
mod context;
mod denial;
pub mod detection;
pub mod device;
pub mod email;
mod fault;
mod flash;
pub mod hash;
pub mod home;
pub mod leaving;
pub mod mail;
pub mod metrics;
pub mod name_part;
pub mod organisation;
pub mod origin;
pub mod password;
mod password_reset;
pub mod permission;
pub mod person_name;
pub mod phone;
pub mod phone_proof;
pub mod pin;
pub mod pin_code;
mod preferences;
mod privacy;
mod reindex;
pub mod reseal;
mod restored;
mod ring;
pub mod role;
mod routes;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod sms;
mod sweep;
pub mod username;
pub mod visible;

pub use app::App;
pub use config::{AccountsConfig, SmsChannel};
pub use context::{Accounts, AccountsParts};
pub use denial::DenialTrail;
pub use fault::Fault;
pub use hanok_web::principal::{Account, AccountId};
pub use reindex::ReindexFault;
pub use reseal::SealedColumn;
pub use restored::Ended;
pub use ring::RING_RELOAD;
pub use routes::AccountsApp;

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

/// The tables of this crate but for the audit trail's, which come before them.
pub fn migrations() -> MigrationSet {
    MigrationSet {
        name: "accounts",
        migrations: &[
            Migration {
                version: 1,
                name: "accounts",
                sql: Sql::Both(include_str!("../migrations/accounts/V1__accounts.sql")),
            },
            Migration {
                version: 2,
                name: "account_guards",
                sql: Sql::PerEngine {
                    sqlite: include_str!("../migrations/accounts/V2__account_guards.sqlite.sql"),
                    postgres: include_str!(
                        "../migrations/accounts/V2__account_guards.postgres.sql"
                    ),
                },
            },
            Migration {
                version: 3,
                name: "organisation",
                sql: Sql::Both(include_str!("../migrations/accounts/V3__organisation.sql")),
            },
            Migration {
                version: 4,
                name: "api_key",
                sql: Sql::PerEngine {
                    sqlite: concat!(
                        include_str!("../migrations/accounts/V4__api_key.sql"),
                        include_str!("../migrations/accounts/V4__api_key.sqlite.sql")
                    ),
                    postgres: include_str!("../migrations/accounts/V4__api_key.sql"),
                },
            },
            Migration {
                version: 5,
                name: "leaving",
                sql: Sql::PerEngine {
                    sqlite: concat!(
                        include_str!("../migrations/accounts/V5__leaving.sql"),
                        include_str!("../migrations/accounts/V5__leaving.sqlite.sql")
                    ),
                    postgres: include_str!("../migrations/accounts/V5__leaving.sql"),
                },
            },
        ],
    }
}
