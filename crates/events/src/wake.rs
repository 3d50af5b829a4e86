//! Wake-ups: hints that there may be something to do. Polling is the truth.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::shared::Fanout;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::relay::Relay;
use crate::stop::Stop;

/// How processes tell each other that the outbox holds something.
const CHANNEL: &str = "events";

/// The least time between two such hints.
const REST: Duration = Duration::from_millis(20);

/// Rouses the relay and the job workers of this process, and the relay of another where it is that one's turn.
/// Cloning shares it.
#[derive(Clone, Default)]
pub struct Wake {
    pub(crate) outbox: Arc<Notify>,
    pub(crate) jobs: Arc<Notify>,
    elsewhere: Option<Arc<Elsewhere>>,
}

/// The other processes.
struct Elsewhere {
    due: Notify,
    fanout: Arc<dyn Fanout>,
}

impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wake")
            .field("tells_others", &self.elsewhere.is_some())
            .finish_non_exhaustive()
    }
}

impl Wake {
    /// Wake-ups of a process that has neighbours.
    pub fn over(fanout: Arc<dyn Fanout>) -> Self {
        if !fanout.reaches_others() {
            return Self::default();
        }
        let outbox = Arc::new(Notify::new());
        let heard = Arc::clone(&outbox);
        fanout.subscribe(CHANNEL, Arc::new(move |_| heard.notify_one()));
        Self {
            outbox,
            jobs: Arc::default(),
            elsewhere: Some(Arc::new(Elsewhere {
                due: Notify::new(),
                fanout,
            })),
        }
    }

    /// The outbox holds something.
    pub(crate) fn outbox_filled(&self) {
        self.outbox.notify_one();
        if let Some(elsewhere) = &self.elsewhere {
            elsewhere.due.notify_one();
        }
    }

    /// Passes on what fills the outbox while another process relays.
    pub(crate) async fn tell_others(self, relay: Arc<Relay>, mut stop: Stop) {
        let Some(elsewhere) = self.elsewhere else {
            return;
        };
        loop {
            tokio::select! {
                () = stop.comes() => return,
                () = elsewhere.due.notified() => {}
            }
            if !relay.lease.is_held() {
                elsewhere.fanout.publish(CHANNEL, String::new());
                sleep(REST).await;
            }
        }
    }
}
