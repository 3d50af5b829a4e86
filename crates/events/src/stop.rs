//! The end of the program, as its loops see it.

use std::time::Duration;

use tokio::sync::watch;

/// Tells the loops that it is time to stop, and how long they may take.
pub(crate) type StopSender = watch::Sender<Option<Duration>>;

/// Told once that it is time to stop. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Option<Duration>>);

impl Stop {
    pub(crate) fn of(sender: &StopSender) -> Self {
        Self(sender.subscribe())
    }

    /// Whether it is time.
    pub fn is_now(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until it is time; also if whoever would say so is gone.
    pub async fn comes(&mut self) {
        let _ = self.0.wait_for(Option::is_some).await;
    }

    /// How long what is under way may still take.
    pub fn grace(&self) -> Duration {
        self.0.borrow().unwrap_or_default()
    }
}
