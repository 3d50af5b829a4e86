//! Proving a phone number: a code by text message. Only a proven number counts.

pub(crate) mod api;
mod message;
pub(crate) mod pages;
mod prove;
mod service;
pub(crate) mod store;
mod under_way;

pub use message::SmsJob;
