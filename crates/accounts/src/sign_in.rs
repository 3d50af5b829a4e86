//! Signing in with a name and a password.

pub(crate) mod api;
mod by_phone;
mod change;
pub(crate) mod failures;
mod limits;
pub(crate) mod my_pages;
pub(crate) mod pages;
mod service;
pub(crate) mod store;
mod way;

pub use by_phone::{PhoneOwner, TypedName};
pub use service::PasswordCheck;

pub(crate) use change::refused;
pub use way::SignInWay;
pub(crate) use way::SignInWays;
