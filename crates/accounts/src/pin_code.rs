//! The PIN of an account: setting it, and the attempts that identity's confirm spends.

pub(crate) mod api;
mod service;
pub mod store;
