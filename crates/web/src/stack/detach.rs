//! The work of a request within its time, its panics caught; unsafe work in a task of its own.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::response::Response;
use futures_util::FutureExt;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::codes;
use crate::error::Error;

/// How a request's work runs.
pub(super) struct Work {
    /// Whether it changes nothing: then it ends with its caller.
    pub(super) safe: bool,
    /// How long the caller waits.
    pub(super) timeout: Duration,
}

/// A handler panicked. What it said may quote what somebody sent, so it is for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("the handler panicked: {0}")]
pub(super) struct Panicked(String);

impl Panicked {
    /// What may be told of it elsewhere.
    pub(super) const TOLD: &'static str = "the handler panicked";
}

impl Work {
    /// Runs `work`. Unsafe work goes on when the caller hangs up or the time is over: only the answer is lost.
    pub(super) async fn run<F>(self, tasks: &TaskTracker, work: F) -> Result<Response, Error>
    where
        F: Future<Output = Result<Response, Error>> + Send + 'static,
    {
        let finished = if self.safe {
            timeout(self.timeout, AssertUnwindSafe(work).catch_unwind())
                .await
                .map_err(|_| None)
        } else {
            let task = tasks.spawn(work.in_current_span());
            match timeout(self.timeout, task).await {
                Ok(Ok(finished)) => Ok(Ok(finished)),
                Ok(Err(fault)) => fault.try_into_panic().map(Err).map_err(Some),
                Err(_) => Err(None),
            }
        };
        match finished {
            Ok(Ok(finished)) => finished,
            Ok(Err(panic)) => Err(Error::internal(Panicked(words(panic.as_ref())))),
            Err(Some(cancelled)) => Err(Error::unavailable(cancelled)),
            Err(None) => Err(Error::new(codes::TIMED_OUT)),
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without words").to_owned()
}
