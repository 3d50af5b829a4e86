//! Notifications: the right person is told, at once, once.
//!
//! Apps say in the unit of an event's handler what happened and whom it concerns ([`Notifications::tell`]), and take it
//! back where it is undone or may not be seen any more ([`Notifications::withdraw`],
//! [`Notifications::withdraw_subject`]). What a notification is about they know alone: [`Subjects`] says of what a
//! reader may see **now** how it is called and where it is.
//!
//! Invariants: nobody is told of their own act, and of one source once; no title and no name is stored; what its reader
//! may not see is not shown, counted or sent; every change of a person's notifications takes that person's next number
//! in the unit that makes it, so that whoever asks for what came after a number misses nothing; a unit takes the
//! counters last and by ascending account; what is sent over the socket is a hint, the store the truth.
//!
//! Tables: `notification`, `notification_source`, `notification_counter`, `notification_preference`,
//! `notification_schedule`, `notification_digest`. Events out: `notification.told`, `notification.withdrawn` (topic `notifications`),
//! `notification.letter_asked` (topic `email_notifications`). Events in: those of accounts, and letters that are asked
//! for.

mod api;
mod asked;
mod change;
mod context;
mod event;
mod fault;
mod forget;
mod held;
mod history;
mod item;
mod leaving;
mod live;
mod mail;
mod notices;
mod of_accounts;
mod pages;
#[cfg(test)]
mod plans;
mod preference;
mod reading;
mod routes;
mod said;
mod shown;
mod store;
mod subject;
mod tell;
mod telling;
mod told;
mod withdraw;

pub use context::{Notifications, NotificationsParts};
pub use fault::Fault;
pub use routes::NotificationsApp;
pub use store::{NotificationId, NotificationMark};
pub use subject::{Described, Subject, Subjects};
pub use telling::{NotificationType, Telling};

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

/// The tables of this crate; they come after those of accounts.
pub const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "notifications",
        migrations: &[
            Migration {
                version: 1,
                name: "notification",
                sql: Sql::Both(include_str!("../migrations/V1__notification.sql")),
            },
            Migration {
                version: 2,
                name: "preference",
                sql: Sql::Both(include_str!("../migrations/V2__preference.sql")),
            },
            Migration {
                version: 3,
                name: "mail",
                sql: Sql::Both(include_str!("../migrations/V3__mail.sql")),
            },
            Migration {
                version: 4,
                name: "digest",
                sql: Sql::Both(include_str!("../migrations/V4__digest.sql")),
            },
            Migration {
                version: 5,
                name: "revision",
                sql: Sql::Both(include_str!("../migrations/V5__revision.sql")),
            },
            Migration {
                version: 6,
                name: "told",
                sql: Sql::Both(include_str!("../migrations/V6__told.sql")),
            },
        ],
    }
}
