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

/// Since when a reset at `$3` holds back what proves who the person is (`accounts.reset_hold_hours`). A first password
/// holds nothing back: nobody has been in, and nothing is there that could be taken over.
pub(crate) const HELD_SINCE: &str = "CASE WHEN last_login_at IS NULL AND phone_proven_at IS NULL \
    AND email_verified_at IS NULL THEN NULL ELSE CAST($3 AS BIGINT) END";
