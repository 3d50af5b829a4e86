//! A provider: a site that may ask who a person is. Its settings, its client credentials, its keys.
//!
//! Invariants: a secret and a key are shown once and never again; a secret is kept as its SHA-256, a key
//! sealed; at most two secrets and one announced key count at once; every change raises the provider's
//! version, and is one unit with its audit row and its `provider.changed`.

pub(crate) mod api;
mod by;
pub mod client;
pub(crate) mod command;
pub(crate) mod console;
mod create;
mod event;
mod input;
pub mod keys;
mod output;
pub(crate) mod own;
mod owner;
mod search;
mod secrets;
mod service;
mod settings;
pub mod store;
mod viewer;

pub use by::By;
pub use client::{ClientCredentials, credentials};
pub(crate) use console::menu_entry;
pub use create::CreatedProvider;
pub use input::{Field, NewProvider, ProviderIn, ProviderPatch};
pub use keys::schedules;
pub use output::CreatedKeyOut;
pub use own::OWN;
pub use secrets::CreatedSecret;
pub use settings::{AddressList, Delivery, Notify, ProviderLimits, ProviderName, SiteCode};
pub use store::{Provider, ProviderId, ProviderRow, find, find_by_client_id};
pub(crate) use viewer::{ANSWERED_PEOPLE, APPROVED_REQUESTS, NAMED_PROVIDERS, OWNED_PROVIDERS};

/// The routes of providers: their API and their pages.
pub(crate) fn routes() -> hanok_web::Routes<crate::context::Identity> {
    api::routes().merge(console::routes())
}
