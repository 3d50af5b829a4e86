//! Paired phones: each holds a P-256 key that cannot leave it, and signs what it asks.

pub(crate) mod api;
pub(crate) mod pages;
mod qr;
mod service;
pub mod store;

pub use store::{Device, DeviceId};
