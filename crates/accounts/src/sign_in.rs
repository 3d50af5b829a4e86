//! Signing in with a name and a password.

pub(crate) mod api;
mod change;
mod service;
mod store;

pub use service::PasswordCheck;
