//! An authentication transaction: PENDING → COMPLETED | FAILED | EXPIRED.

pub(crate) mod api;
mod approve;
pub(crate) mod command;
mod confirm;
mod deny;
mod end;
mod expire;
mod idempotency;
mod live;
pub(crate) mod own;
mod pending;
mod phone_limit;
pub(crate) mod poll;
pub(crate) mod portal;
mod request;
mod result;
mod rules;
mod status;
pub mod store;

pub(crate) use approve::lock_account;
pub(crate) use end::TransactionEnded;
pub(crate) use own::OwnRequest;
pub(crate) use request::TransactionRequested;
pub use rules::{BindingMessage, FailureReason, RequestIn, Status, is_expired};
pub use store::{Transaction, TransactionId, TransactionRow};
