//! Many people at once, from a CSV file: every row's fate is shown before anything is written, and only the good rows
//! are made, by a job that says how far it is.
//!
//! Invariants: the file waits sealed, for its importer alone, and is erased at its end, when only who was refused is kept
//! of it, sealed too, for a day; each row is one unit that makes
//! the account and notes the row, so that a row is made once whatever breaks off; rows are made only while the importer
//! may still do what they agreed to; one that is given up ends as one that was stopped does. Tables: `people_import`,
//! `people_import_fault`.

mod begin;
mod job;
mod names;
mod pages;
mod rules;
mod run;
mod service;
mod store;

pub(crate) use job::ImportJob;

use hanok_accounts::SealedColumn;
use hanok_accounts::permission::UserManagement;
use hanok_db::{Migration, MigrationSet, Sql};
use hanok_events::Schedule;
use hanok_web::{Access, Permission, Routes};

use crate::context::People;

const IMPORTING: Access = Access::Permission(UserManagement::NAME);

/// Its table.
pub(crate) const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "people_import",
        migrations: &[Migration {
            version: 1,
            name: "people_import",
            sql: Sql::Both(include_str!("../migrations/import/V1__import.sql")),
        }],
    }
}

/// Its columns of sealed values.
pub(crate) const SEALED: &[SealedColumn] = &[
    SealedColumn {
        table: "people_import",
        column: "file",
        guarded: false,
    },
    SealedColumn {
        table: "people_import",
        column: "refused",
        guarded: false,
    },
];

/// The routes.
pub(crate) fn routes() -> Routes<People> {
    pages::routes()
}

/// What is forgotten once its time is over.
pub(crate) fn schedule(people: &People) -> Schedule {
    begin::forgetting(people)
}
