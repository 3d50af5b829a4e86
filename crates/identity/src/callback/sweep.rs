//! Codes that have had their time are erased.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::DbError;
use hanok_events::Schedule;

use super::payload::CODE_LIFE;
use super::store;
use crate::context::Identity;

/// How many codes one unit erases: others write in between.
const BATCH: u32 = 500;

impl Identity {
    /// Erases the codes that may not be told any more.
    async fn erase_codes(&self, now: Timestamp) -> Result<(), DbError> {
        let made_before = now.minus(CODE_LIFE);
        loop {
            let erased = self
                .accounts
                .db
                .write(async move |tx| store::erase_codes(tx, now, made_before, BATCH).await);
            if erased.await? < u64::from(BATCH) {
                return Ok(());
            }
        }
    }
}

pub(super) fn schedule(identity: &Identity) -> Schedule {
    let identity = identity.clone();
    Schedule {
        name: "identity.erase_codes",
        every: Duration::from_mins(1),
        run: Arc::new(move |now| {
            let identity = identity.clone();
            Box::pin(async move {
                identity
                    .erase_codes(now)
                    .await
                    .map_err(|error| error.to_string())
            })
        }),
    }
}
