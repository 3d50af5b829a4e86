//! The store: SQLite by default, PostgreSQL by configuration, one SQL text for both.
//!
//! [`Db::read`] for points and pages, [`Db::report`] for what may walk many rows, [`Db::write`] for a
//! **unit**, the only way to change anything. Statements are constants with `$1 …` parameters; what
//! they return is read into [`Record`]s whose fields and SELECT list are written once ([`record!`]).
//!
//! # Invariants
//!
//! - This is the only crate that knows which engine runs; no driver's type leaves it.
//! - On SQLite one thread writes. It commits once for all units that are queued, then answers every
//!   caller. On PostgreSQL a unit is a `READ COMMITTED` transaction in a task of its own. Either way a
//!   caller that goes away loses the answer, not the work.
//! - A unit (and a read) waits for nothing but its connection: no network, no hashing, no other call of
//!   the store. One that does is rolled back and answered [`DbError::Waited`].
//! - A unit in which a statement failed is never committed, even if it went on and returned `Ok`.
//! - A unit runs at most once. Conditional updates and their row counts decide, never a second run.
//! - A full queue answers [`DbError::Busy`]; it does not grow.
//! - No error, log line or metric holds a value of a parameter or a row.
//! - Foreign keys are checked at once; a `DEFERRABLE` one would let one unit fail all that share its commit.
//!
//! Full text: [`text_search`].
//!
//! # Metrics
//!
//! [`METRICS`], labelled with `engine`; statements by what they do to which table. Install the recorder before
//! [`Db::open`].

mod backup;
mod config;
mod conn;
mod db;
mod error;
mod many;
mod meter;
mod migrate;
pub mod paging;
mod postgres;
mod record;
mod rights;
mod row;
pub mod schema;
mod server_time;
mod sql;
mod sqlite;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text_search;
mod trouble;
mod unit;
mod value;
mod word;

pub use config::{Engine, StoreConfig};
pub use conn::{Conn, Tx};
pub use db::Db;
pub use error::DbError;
pub use many::InsertMany;
pub use meter::METRICS;
pub use migrate::{AppliedMigration, Migration, MigrationSet, Sql};
pub use paging::{Page, PageRequest};
pub use rights::Rights;
pub use row::{FromValue, Record, RowReader};
pub use schema::Schema;
pub use unit::Unit;
pub use value::{Param, Value};
pub use word::UnknownWord;

/// What the macros of this crate expand to; not for use by hand.
#[doc(hidden)]
pub mod private {
    pub use serde;
}
