//! After a restore: what was under way when the backup was made comes back with it, also what was ended
//! since, by its owner or because somebody else had it. So all of it ends before anything is served.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};
use serde_json::json;
use uuid::Uuid;

use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;

/// Accounts of one unit.
const BATCH: u32 = 500;

const NEXT: &str = "SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT $2";
const END: &str = "UPDATE session SET ended_at = $3 \
    WHERE account_id > $1 AND account_id <= $2 AND ended_at IS NULL";
const TOKENS: &str = "DELETE FROM refresh_token WHERE session_id IN \
    (SELECT id FROM session WHERE account_id > $1 AND account_id <= $2)";
/// Sign-ins that wait for a phone carry the version they were asked under: raised, they are void.
const RAISE: &str = "UPDATE account SET version = version + 1 WHERE id > $1 AND id <= $2";
/// What waits to be proven or redeemed: codes of new phones, codes and links by text message and mail.
const WAITING: [&str; 4] = [
    "DELETE FROM pairing WHERE account_id > $1 AND account_id <= $2",
    "DELETE FROM phone_proof WHERE account_id > $1 AND account_id <= $2",
    "DELETE FROM email_proof WHERE account_id > $1 AND account_id <= $2",
    "DELETE FROM password_reset WHERE account_id > $1 AND account_id <= $2",
];
const ASKED: &str = "DELETE FROM password_reset_ask";

/// What was ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ended {
    /// Accounts whose version was raised: all.
    pub accounts: u64,
    /// Sessions that had not ended.
    pub sessions: u64,
    /// Pairing codes, proofs and password resets.
    pub waiting: u64,
}

/// The accounts of one unit: those behind the first id up to the second.
type Range = (AccountId, AccountId);

impl Accounts {
    /// Ends every session, and voids every pairing code, proof and password reset there is. For a store
    /// that nothing serves: no process is told.
    ///
    /// # Errors
    /// The store's; what was done until then stays, and it can be done again.
    pub async fn end_everything(&self, origin: &Origin) -> Result<Ended, DbError> {
        let now = self.clock.now();
        let mut all = Ended::default();
        let mut behind = AccountId::from_uuid(Uuid::nil());
        loop {
            let next = async move |conn: &mut Conn| {
                conn.all::<AccountId>(NEXT, params![behind, BATCH]).await
            };
            let next = self.db.report::<_, DbError, _>(next).await?;
            let last = next.last().copied();
            let range = (behind, last.unwrap_or(behind));
            let (accounts, origin) = (self.clone(), origin.clone());
            let unit = async move |tx: &mut Tx| accounts.end_of(tx, &origin, range, now).await;
            all.add(self.db.write::<_, DbError, _>(unit).await?);
            match last {
                Some(last) if next.len() >= BATCH as usize => behind = last,
                _ => return Ok(all),
            }
        }
    }

    async fn end_of(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        (behind, to): Range,
        now: Timestamp,
    ) -> Result<Ended, DbError> {
        let mut ended = Ended {
            sessions: tx.execute(END, params![behind, to, now]).await?,
            accounts: tx.execute(RAISE, params![behind, to]).await?,
            waiting: tx.execute(ASKED, params![]).await?,
        };
        tx.execute(TOKENS, params![behind, to]).await?;
        for waiting in WAITING {
            ended.waiting += tx.execute(waiting, params![behind, to]).await?;
        }
        let entry = Entry::new(Action::AdminAction).details(json!({
            "what": "sessions ended after a restore",
            "accounts": ended.accounts,
            "sessions": ended.sessions,
            "waiting": ended.waiting,
        }));
        self.audit.record(tx, origin, entry).await?;
        Ok(ended)
    }
}

impl Ended {
    const fn add(&mut self, more: Self) {
        self.accounts += more.accounts;
        self.sessions += more.sessions;
        self.waiting += more.waiting;
    }
}
