//! The PIN of an account: setting it, and the attempts that identity's confirm spends.

pub(crate) mod api;
pub(crate) mod pages;
mod service;
pub mod store;
