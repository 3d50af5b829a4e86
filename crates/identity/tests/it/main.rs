//! What identity promises, through HTTP, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod kit;
mod ledger;
mod names;
mod receiver;
mod sample;

mod access;
mod callback;
mod callback_code;
mod callback_guard;
mod callback_isolation;
mod callback_person;
mod callback_retry;
mod concurrency;
mod confirm;
mod console;
mod credentials;
mod demo_confirm;
mod devices;
mod expiry;
mod fuzz;
mod guards;
mod history;
mod idempotency;
mod interop;
mod keys;
mod leaving;
mod live;
mod lock_order;
mod notices;
mod pending;
mod phone_limits;
mod phone_page;
mod pin_lock;
mod plans;
mod provider_clients;
mod providers;
mod reports;
mod request;
mod result;
mod scan;
mod session_confirm;
mod sign_in;
mod statistics;
mod status;
mod trail;
mod under_way;
mod unknown_users;
mod views;
