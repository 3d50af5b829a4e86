//! A withdrawn right reaches every process at once where they hear each other, and within a second where not.

use std::time::Duration;

use hanok_base::{Id, Timestamp};
use hanok_db::{DbError, Tx};

use super::store::{self, SessionId};
use crate::AccountId;
use crate::context::Accounts;

/// How far back each look goes: longer than any unit takes to commit.
const LOOK_BACK: Duration = Duration::from_secs(10);

impl Accounts {
    /// Makes every process forget a session (or all of an account's), inside the unit of the change.
    pub(crate) async fn revoke(
        &self,
        tx: &mut Tx,
        account: AccountId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Result<(), DbError> {
        store::revoke(
            tx,
            Id::new(&self.clock, &self.random),
            account,
            session,
            now,
        )
        .await?;
        let accounts = self.clone();
        tx.after_commit(move || accounts.withdraw(account, session));
        Ok(())
    }

    /// Reads what other processes revoked; each process calls it every second.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_revocations(&self) -> Result<(), DbError> {
        let since = self.clock.now().minus(LOOK_BACK);
        let revoked = self
            .db
            .read(async move |conn| store::revoked_since(conn, since).await)
            .await?;
        revoked
            .into_iter()
            .for_each(|(account, session)| self.forget(account, session));
        Ok(())
    }
}

impl Accounts {
    /// Lets every process read an account's sessions anew once the unit has committed.
    pub(crate) fn forget_after_commit(&self, tx: &mut Tx, account: AccountId) {
        let accounts = self.clone();
        tx.after_commit(move || accounts.withdraw(account, None));
    }
}
