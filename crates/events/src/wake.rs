//! Wake-ups: hints that there may be something to do. Polling is the truth.

use std::sync::Arc;

use tokio::sync::Notify;

/// Rouses the relay and the job workers of this process. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Wake {
    pub(crate) outbox: Arc<Notify>,
    pub(crate) jobs: Arc<Notify>,
}
