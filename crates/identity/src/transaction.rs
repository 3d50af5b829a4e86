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
mod pending;
mod phone_limit;
pub(crate) mod poll;
mod request;
mod result;
mod rules;
mod status;
pub mod store;

pub use rules::{BindingMessage, FailureReason, RequestIn, Status, is_expired};
pub use store::{Transaction, TransactionId, TransactionRow};
