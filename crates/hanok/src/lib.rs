//! The program: configuration, wiring, and what serves it.
//!
//! [`Config`] is every section; [`Program::build`] puts the floors together from one; [`Program::serve`]
//! runs it. The command line lies in the binary. Tests assemble the same program with another clock,
//! random source, key ring or name look-up ([`Overrides`]).
//!
//! Invariants: no business rule lives here; the list of apps is here and nowhere else.

pub mod apps;
pub mod config;
mod kafka;
mod program;
mod shared;

pub use config::{Config, DEFAULTS};
pub use kafka::try_kafka;
pub use program::{BuildError, Overrides, Program};
