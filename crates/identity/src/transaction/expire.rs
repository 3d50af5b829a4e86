//! Transactions whose time has passed are written down as EXPIRED; everybody saw them so before.

use std::time::Duration;

use hanok_accounts::audit::Origin;
use hanok_base::Timestamp;
use hanok_db::DbError;

use super::{idempotency, own, phone_limit, store};
use crate::context::Identity;
use crate::fault::Fault;

/// How many are written down in one unit.
const BATCH: u32 = 100;
/// How long what a browser asked is kept: longer than any of it counts.
const OWN_KEPT: Duration = Duration::from_hours(24);

impl Identity {
    /// Writes down every transaction whose time has passed; returns how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn expire_overdue(&self) -> Result<u64, Fault> {
        let mut total = 0;
        loop {
            let identity = self.clone();
            let now = self.accounts.clock.now();
            let expired = self
                .accounts
                .db
                .write(async move |tx| identity.expire_batch(tx, now).await)
                .await?;
            total += expired;
            if expired < u64::from(BATCH) {
                return Ok(total);
            }
        }
    }

    async fn expire_batch(&self, tx: &mut hanok_db::Tx, now: Timestamp) -> Result<u64, Fault> {
        let origin = Origin::system("identity.expire");
        let mut expired = 0;
        for row in store::overdue(tx, now, BATCH).await? {
            expired += u64::from(self.end_expired(tx, &origin, &row, now).await?);
        }
        Ok(expired)
    }

    /// Forgets idempotency keys, sign-ins by phone and phone counts that have had their time; a duty of every hour.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep_requests(&self) -> Result<(), DbError> {
        let now = self.accounts.clock.now();
        let keys = now.minus(Duration::from_hours(u64::from(
            self.config.idempotency_hours,
        )));
        self.accounts
            .db
            .write(async move |tx| {
                idempotency::sweep(tx, keys).await?;
                own::sweep(tx, now.minus(OWN_KEPT)).await?;
                phone_limit::sweep(tx, now).await.map(|_| ())
            })
            .await
    }
}
