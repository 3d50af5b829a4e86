//! What identity promises, through HTTP, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod kit;
mod ledger;
mod receiver;

mod concurrency;
mod guards;
mod callback;
mod callback_person;
mod credentials;
mod phone_limits;
mod request;
mod unknown_users;
