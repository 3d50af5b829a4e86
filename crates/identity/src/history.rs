//! A person's own requests: the list with its filters, and what happened to one of them.
//!
//! Invariants: nobody reads another person's, and a decoy belongs to nobody; a request whose time has
//! passed is EXPIRED before the sweeper writes it down; neither codes nor CI, DI and tokens are read.

mod api;
mod rules;
mod service;
mod store;
mod timeline;

pub(crate) use api::routes;
