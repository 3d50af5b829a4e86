//! Sessions: where an account is signed in, its tokens, and how fast a change reaches every process.

mod authenticate;
pub(crate) mod cache;
pub(crate) mod confirm;
pub mod device;
mod issue;
mod refresh;
mod revocation;
pub(crate) mod store;
mod token;

pub use authenticate::AccountsAuthenticator;
pub use issue::{Grant, SignInOut, UserOut};
