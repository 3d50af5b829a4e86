//! The ground floor of Hanok: ids, clock, random source, secrets and sealed values.
//!
//! Nothing here does network I/O or knows a table. Everything above reaches the world's clock and
//! random numbers through this crate, so that a test can hold them still.
//!
//! Invariants: a [`Secret`] is never printed; a sealed value opens only at the place
//! (table, column, row) it was sealed for; what processes tell each other is read and made only by those with the key
//! ring ([`shared::SealedFanout`]); an identifier is a UUIDv7 that says what it identifies.

pub mod clock;
pub mod config;
pub mod counters;
pub mod directory;
pub mod disk;
pub mod encoding;
pub mod hold;
pub mod i18n;
pub mod id;
pub mod keyring;
pub mod metric;
pub mod random;
pub mod secret;
pub mod shared;
pub mod telemetry;
pub mod terminal;

pub use clock::{Clock, Timestamp};
pub use id::Id;
pub use keyring::{KeyRing, Place};
pub use random::Random;
pub use secret::Secret;
