//! A forgotten password: a link of one use by mail to the verified address, and what it changes.
//!
//! Whoever asks gets the same answer at the same time: the request only writes down what was asked, a job finds out
//! whose account it is. For a day after a reset the session can change neither PIN, phones, number nor address.

mod ask;
pub(crate) mod pages;
mod service;
pub(crate) mod store;

pub use ask::ResetJob;

pub(crate) use store::forget;
