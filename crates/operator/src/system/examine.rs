//! The doctor's look, asked for in a browser.

use std::sync::PoisonError;

use hanok_accounts::Fault;
use hanok_base::Timestamp;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::System;
use crate::doctor::{self, Finding};

/// What a look found, and when.
#[derive(Clone, Debug)]
pub(super) struct Examined {
    /// When it was asked for.
    pub(super) at: Timestamp,
    /// One for each part.
    pub(super) findings: Vec<Finding>,
}

impl System {
    /// What the last look of this process found.
    pub(super) fn last_look(&self) -> Option<Examined> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Whether this program can look at itself.
    pub(super) fn can_look(&self) -> bool {
        self.host.is_some()
    }

    /// Tries everything that the server needs, as `hanok doctor` does. One look at a time.
    ///
    /// # Errors
    /// [`Fault::Busy`] while another looks; [`Fault::NotFound`] where the program cannot look at itself.
    pub(super) async fn look(&self, now: Timestamp) -> Result<(), Fault> {
        let host = self.host.clone().ok_or(Fault::NotFound)?;
        let _alone = self.looking.try_lock().map_err(|_| Fault::Busy)?;
        let handle = Handle::current();
        // A look may wait for files and names; it gets a thread of its own.
        let look = spawn_blocking(move || {
            handle.block_on(async move {
                let settings = host.settings(Vec::new()).ok()?;
                Some(Box::pin(doctor::examine(&*host, &settings)).await)
            })
        });
        let found = look.await;
        let found = found.map_err(|error| Fault::Internal(error.to_string()))?;
        let unread = || Fault::Internal("the settings cannot be read again".to_owned());
        let findings = found.ok_or_else(unread)?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Examined { at: now, findings });
        Ok(())
    }
}
