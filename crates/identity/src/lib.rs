//! Identity: a provider asks who a person is, the person approves on the phone, the provider is told.
//!
//! `[01]` request → `[03]` push → `[04]` confirm with PIN → `[05]` encrypted result.
//!
//! Invariants: a transaction leaves PENDING once, and only before its time; attempts are counted before
//! they are checked; the code of a completed transaction is told to its provider and kept no longer than
//! it may be fetched; every unit locks the account, then the phone's limits, then transactions by id.
//!
//! Tables: `service_provider`, `provider_secret`, `provider_key`, `provider_subject`, `auth_transaction`,
//! `phone_sign_in`, `phone_limit`, `callback_delivery`, `callback_attempt`, `idempotency`, `notification_log`,
//! `service_provider_statistics`, `service_provider_statistics_progress`; views for people with SQL:
//! `v_…` of `migrations/V4__records`.
//! Events out: `transaction.requested`, `transaction.ended`, `provider_callbacks`. Events in: its own, of which people
//! are told (`notice`).

pub mod callback;
mod chart;
mod config;
mod context;
mod day;
mod delivery;
mod fault;
mod history;
mod leaving;
pub mod metrics;
mod notice;
mod phone;
pub mod provider;
pub mod report;
mod routes;
mod sign_in;
pub mod statistics;
mod tally;
pub mod transaction;

pub use config::IdentityConfig;
pub use context::{Identity, IdentityParts};
pub use fault::Fault;
pub use provider::{ProviderId, ProviderRow};
pub use routes::IdentityApp;
pub use transaction::{TransactionId, TransactionRow};

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

/// The tables of this crate; they come after those of accounts and notifications.
pub const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "identity",
        migrations: MIGRATIONS,
    }
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "identity",
        sql: Sql::Both(include_str!("../migrations/V1__identity.sql")),
    },
    Migration {
        version: 2,
        name: "identity_guards",
        sql: Sql::PerEngine {
            sqlite: include_str!("../migrations/V2__identity_guards.sqlite.sql"),
            postgres: include_str!("../migrations/V2__identity_guards.postgres.sql"),
        },
    },
    Migration {
        version: 3,
        name: "statistics",
        sql: Sql::Both(include_str!("../migrations/V3__statistics.sql")),
    },
    Migration {
        version: 4,
        name: "records",
        sql: Sql::PerEngine {
            sqlite: include_str!("../migrations/V4__records.sqlite.sql"),
            postgres: include_str!("../migrations/V4__records.postgres.sql"),
        },
    },
];
