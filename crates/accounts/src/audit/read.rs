//! Reading the trail: searching it, one row of it, and who may see how much of a row.
//!
//! Invariants: what a reader may not see is not read by the base query; who is not visible to a reader is told from
//! nobody; the newest comes first, and no search walks the trail.

mod count;
mod line;
#[cfg(test)]
mod plans;
mod search;
mod statement;
mod store;

pub use count::Counted;
pub use line::{AuditLine, NamedProvider, Somebody};
pub use search::{Search, Sight, Whose, Window};
pub use store::{find, person, search};
