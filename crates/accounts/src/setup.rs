//! The first start: a link of one use that makes the organisation and its first super_admin.
//!
//! A server that nobody administers prints such a link when it starts. Every printed link counts until its
//! time is over or one of them has been used; with that, all are gone.

pub(crate) mod pages;
mod service;
mod store;
mod zones;

pub use service::{SETUP_LIFE, SetupLink};
