//! What is recorded about oneself, and who looked: everybody's own part of the audit trail.
//!
//! Invariants: nobody reads another's; where somebody else acted, it says who and why, and not from where. Reading
//! one's own record leaves no row of its own.

pub(crate) mod api;
mod close;
mod download;
mod facts;
pub(crate) mod pages;
mod service;
mod zip;
