//! Events: from the unit that publishes them to their effects.

mod delivery;
mod failures;
mod leases;
pub mod recorder;
mod remote;
mod wakes;
