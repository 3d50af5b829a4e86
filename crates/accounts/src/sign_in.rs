//! Signing in with a name and a password.

pub(crate) mod api;
mod change;
mod limits;
pub(crate) mod pages;
mod service;
pub(crate) mod store;

pub use service::PasswordCheck;
