//! What became of a provider's requests, day by day where the organisation is.
//!
//! A day is counted once it is over, at 00:10 or when the last request of it must have ended, and kept in
//! `service_provider_statistics`; the days since are counted when somebody asks. How far that has come is
//! kept apart, in `service_provider_statistics_progress`: with no provider, a day leaves no row of its own.
//!
//! Invariants: filling a day again changes nothing but what was counted wrongly, and never forgets requests
//! that have been deleted since; decoys count, because to their provider they are requests. A day leaves an
//! audit row when it is filled for the first time, and each time that somebody demands it.

mod api;
mod command;
mod fill;
mod pages;
mod service;
mod store;

pub(crate) use command::Stats;
pub(crate) use fill::schedule;
pub use service::{DayOut, ServiceStatistics};
#[cfg(test)]
pub(crate) use store::QUESTIONS;

/// The routes of statistics: the API and a provider's page.
pub(crate) fn routes() -> hanok_web::Routes<crate::context::Identity> {
    api::routes().merge(pages::routes())
}
