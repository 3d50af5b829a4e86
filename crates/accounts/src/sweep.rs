//! What has had its time is forgotten: of people, nothing is kept for longer than it serves.

use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};

use crate::context::Accounts;
use crate::{flash, mail, password_reset, phone_proof, session};

/// How many rows of a kind go in one unit: on SQLite every other unit waits for it.
const BATCH: u32 = 500;

impl Accounts {
    /// Forgets revocations, sessions, tokens, proofs, messages, links and forms that have had their time;
    /// a duty of every minute.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self) -> Result<(), DbError> {
        let now = self.clock.now();
        self.db
            .write(async move |tx| {
                session::store::sweep(tx, now).await?;
                flash::sweep(tx, now).await?;
                mail::store::sweep(tx, now).await?;
                password_reset::store::sweep(tx, now).await
            })
            .await?;
        while self
            .db
            .write(async move |tx| sweep_batch(tx, now).await)
            .await?
        {}
        Ok(())
    }
}

/// Forgets a batch of each kind that piles up; says whether more may be left.
async fn sweep_batch(tx: &mut Tx, now: Timestamp) -> Result<bool, DbError> {
    let tokens = session::store::sweep_refresh(tx, now, BATCH).await?;
    let proofs = phone_proof::store::sweep_proofs(tx, now, BATCH).await?;
    let messages = phone_proof::store::sweep_messages(tx, now, BATCH).await?;
    Ok(tokens.max(proofs).max(messages) >= u64::from(BATCH))
}
