//! Faults of ours, told to whoever makes alerts of them.

use axum::http::Method;
use futures_util::future::BoxFuture;
use hanok_base::Timestamp;

/// A request that ended with 500.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The method that was called.
    pub method: Method,
    /// The template of the route, `-` where none answered.
    pub route: String,
    /// What went wrong, with its causes, as the log has it.
    pub error: String,
    /// The request's id, as its log lines have it.
    pub request_id: String,
    /// When the request came.
    pub at: Timestamp,
}

/// Hears of every answer with 500.
pub trait Failures: Send + Sync {
    /// A request ended so. The answer waits for it for a moment at most.
    fn failed(&self, failure: Failure) -> BoxFuture<'_, ()>;
}
