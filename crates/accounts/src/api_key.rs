//! API keys: how a server calls in a person's name, with no more than a part of what that person may do.
//!
//! A key counts under `/api` alone, and is nobody at the keyboard: it signs in nowhere, and whatever asks for the
//! password again or changes how its owner proves who they are refuses it.

pub(crate) mod api;
mod authenticate;
pub(crate) mod cache;
pub(crate) mod pages;
mod rules;
mod service;
mod store;

pub(crate) use authenticate::offered;
pub use rules::NewApiKey;
pub use service::{ApiKeyCreated, ApiKeyRevoked};
pub use store::{ApiKeyId, ApiKeyRow, Names};
