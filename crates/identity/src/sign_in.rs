//! Signing in by approval on the paired phone: Hanok is the provider that asks.
//!
//! Invariants: only the browser that asked, which holds a secret in its cookie, sees how it ended and goes in,
//! once; only a paired phone approves, with number and PIN as for any request; a change of the account's
//! credentials or the loss of the phone voids what was approved before; nobody learns whether a name has an
//! account, by the answer or by its limits.

mod begin;
mod pages;
mod redeem;
mod standing;
mod store;

pub(crate) use pages::{routes, ways};
