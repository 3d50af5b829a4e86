//! A fault of ours is told to whoever makes alerts of them, in a task of its own: the answer waits a moment for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::exchange::Exchange;
use crate::failure::{Failure, Failures};

/// How long the answer waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells of the fault that this exchange ended with, where it did.
pub(super) async fn tell(
    failures: Option<&Arc<dyn Failures>>,
    tasks: &TaskTracker,
    exchange: &Exchange,
) {
    let (Some(failures), Some(error)) = (failures, exchange.take_failure()) else {
        return;
    };
    let failure = Failure {
        method: exchange.method.clone(),
        route: exchange.route().to_owned(),
        error,
        request_id: exchange.request_id.clone(),
        at: exchange.now,
    };
    let failures = Arc::clone(failures);
    let telling = async move { failures.failed(failure).await };
    let told = tasks.spawn(telling.in_current_span());
    let _ = timeout(PATIENCE, told).await;
}
