//! Jobs: when they run, how often, and beside whom.

mod endings;
mod lanes;
mod leases;
mod told;
mod worker;
