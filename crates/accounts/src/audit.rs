//! The audit trail: what was done, by whom, to what, and the proof that nobody changed it since.
//!
//! A write records its row in its own unit ([`Audit::record`]); the row carries a seal of its own
//! (`row_mac`). The [`Sealer`] links rows within a second into a chain, signs where the chain ends and,
//! now and then, a checkpoint that also goes to a file outside the database. [`verify()`] walks all of it.
//!
//! Invariants: writers never queue behind the chain; a row is never changed, and deleted only with its
//! whole closed period ([`Retention`]); a row without a valid seal came by hand-written SQL and says so
//! (`origin = database`); details hold no secrets, no names, no numbers; address and agent can be erased
//! ([`erase_origins`]) without breaking the proof.
//!
//! Tables: `audit_log`, `audit_origin`, `audit_unsealed`, `audit_chain`, `audit_head`,
//! `audit_checkpoint`, `audit_retention`, `audit_check`.

mod action;
mod canonical;
mod check;
mod checkpoint;
mod checkpoint_file;
pub(crate) mod command;
mod config;
mod entry;
mod error;
mod head;
mod inspect;
mod link;
mod ours;
mod past;
#[cfg(test)]
mod plans;
pub mod read;
mod record;
mod retention;
mod row;
mod schedule;
mod seal;
mod security;
mod verify;
pub mod words;

use hanok_base::Id;
use hanok_db::{Migration, MigrationSet, Sql};

pub use action::Action;
pub use check::{Checked, check_now, checking, last_check};
pub use config::AuditConfig;
pub use entry::{Entry, Origin};
pub use error::AuditError;
pub use inspect::{HeadState, TrailEnd, inspect, newest};
pub use ours::{NotOurs, check_ours};
pub use past::{PastAct, PastRows};
pub use record::{Audit, erase_origins};
pub use retention::Retention;
pub use schedule::{retaining, sealing};
pub use seal::Sealer;
pub use verify::{Broken, BrokenKind, FileState, LastCheckpoint, Report, verify};

/// Marks the id of an audit row.
pub enum AuditRow {}

/// The id of an audit row.
pub type AuditId = Id<AuditRow>;

/// The tables of the audit trail. They come before those whose triggers write to it.
pub const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "audit",
        migrations: &[
            Migration {
                version: 1,
                name: "audit",
                sql: Sql::PerEngine {
                    sqlite: include_str!("../migrations/audit/V1__audit.sqlite.sql"),
                    postgres: include_str!("../migrations/audit/V1__audit.postgres.sql"),
                },
            },
            Migration {
                version: 2,
                name: "audit_indexes",
                sql: Sql::Both(include_str!("../migrations/audit/V2__audit_indexes.sql")),
            },
            Migration {
                version: 3,
                name: "audit_guards",
                sql: Sql::PerEngine {
                    sqlite: include_str!("../migrations/audit/V3__audit_guards.sqlite.sql"),
                    postgres: include_str!("../migrations/audit/V3__audit_guards.postgres.sql"),
                },
            },
            Migration {
                version: 4,
                name: "audit_reading",
                sql: Sql::Both(include_str!("../migrations/audit/V4__audit_reading.sql")),
            },
        ],
    }
}
