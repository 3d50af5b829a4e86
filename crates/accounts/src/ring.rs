//! The key ring is read again and again, so that a rotation by a command is seen.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::KeyRing;

use crate::app::ProcessDuty;

/// How often a process looks whether another changed the ring.
pub const RING_RELOAD: Duration = Duration::from_secs(10);

pub(crate) fn reloading(keys: &KeyRing) -> ProcessDuty {
    let keys = keys.clone();
    ProcessDuty {
        name: "keys.reload",
        every: RING_RELOAD,
        run: Arc::new(move || {
            let keys = keys.clone();
            Box::pin(async move {
                let reloaded = tokio::task::spawn_blocking(move || keys.reload()).await;
                reloaded
                    .map_err(|error| error.to_string())?
                    .map_err(|error| error.to_string())
            })
        }),
    }
}
