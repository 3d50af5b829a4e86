//! Proving a phone number: a code by text message. Only a proven number counts.

pub(crate) mod api;
mod message;
mod prove;
mod service;
mod store;

pub use message::SmsJob;
