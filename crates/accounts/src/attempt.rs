//! Attempts at a password or a PIN are counted before they are checked: parallel guesses buy nothing.
//!
//! One unit reserves an attempt, the hash runs outside any unit, another unit settles it. A crash in
//! between leaves the attempt spent. Password and PIN have a count and a lock each.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use crate::AccountId;
use crate::fault::Fault;

/// A count of failures with its lock.
#[derive(Clone, Copy)]
pub struct Attempts {
    reserve: &'static str,
    locked: &'static str,
    reset: &'static str,
    lock: &'static str,
    unlock: &'static str,
}

/// How many failures within which window lock.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// This many failures lock.
    pub failures: u32,
    /// Older first failures are forgotten.
    pub since: Timestamp,
}

/// An attempt that may now be checked.
#[derive(Clone, Copy, Debug)]
pub struct Reserved {
    /// The how-manieth failure it is, if it fails.
    pub number: i64,
    /// The account's version when it was reserved.
    pub version: i64,
}

macro_rules! attempts {
    ($prefix:literal, $condition:literal) => {
        Attempts {
            reserve: concat!(
                "UPDATE account SET ",
                $prefix,
                "_failures = CASE WHEN ",
                $prefix,
                "_first_failure_at IS NULL OR ",
                $prefix,
                "_first_failure_at <= $3 THEN 1 ELSE ",
                $prefix,
                "_failures + 1 END, ",
                $prefix,
                "_first_failure_at = CASE WHEN ",
                $prefix,
                "_first_failure_at IS NULL OR ",
                $prefix,
                "_first_failure_at <= $3 THEN $2 ELSE ",
                $prefix,
                "_first_failure_at END ",
                "WHERE id = $1 AND ",
                $prefix,
                "_locked_at IS NULL AND (",
                $prefix,
                "_failures < $4 OR ",
                $prefix,
                "_first_failure_at IS NULL OR ",
                $prefix,
                "_first_failure_at <= $3)",
                $condition,
                " RETURNING ",
                $prefix,
                "_failures, version"
            ),
            locked: concat!(
                "SELECT ",
                $prefix,
                "_locked_at IS NOT NULL FROM account WHERE id = $1"
            ),
            reset: concat!(
                "UPDATE account SET ",
                $prefix,
                "_failures = 0, ",
                $prefix,
                "_first_failure_at = NULL ",
                "WHERE id = $1 AND version = $2"
            ),
            lock: concat!(
                "UPDATE account SET ",
                $prefix,
                "_locked_at = $2 WHERE id = $1 AND ",
                $prefix,
                "_locked_at IS NULL AND ",
                $prefix,
                "_failures >= $3"
            ),
            unlock: concat!(
                "UPDATE account SET ",
                $prefix,
                "_failures = 0, ",
                $prefix,
                "_first_failure_at = NULL, ",
                $prefix,
                "_locked_at = NULL WHERE id = $1 AND (",
                $prefix,
                "_failures > 0 OR ",
                $prefix,
                "_locked_at IS NOT NULL)"
            ),
        }
    };
}

/// Attempts at the password.
pub const PASSWORD: Attempts = attempts!("password", "");
/// Attempts at the PIN; only an active account has them.
pub const PIN: Attempts = attempts!("pin", " AND status = 'active'");

impl Attempts {
    /// Counts one attempt.
    ///
    /// # Errors
    /// [`Fault::Locked`] where the lock is on; [`Fault::Busy`] where as many attempts as may fail are
    /// under way.
    pub async fn reserve(
        &self,
        tx: &mut Tx,
        account: AccountId,
        rule: Rule,
        now: Timestamp,
    ) -> Result<Reserved, Fault> {
        let values = params![account, now, rule.since, rule.failures];
        if let Some((number, version)) = tx.optional(self.reserve, values).await? {
            return Ok(Reserved { number, version });
        }
        let locked = self.is_locked(tx, account).await?;
        Err(if locked { Fault::Locked } else { Fault::Busy })
    }

    /// Whether the lock is on.
    ///
    /// # Errors
    /// The store's.
    pub async fn is_locked(&self, conn: &mut Conn, account: AccountId) -> Result<bool, DbError> {
        let locked: Option<(bool,)> = conn.optional(self.locked, params![account]).await?;
        Ok(locked.is_some_and(|(locked,)| locked))
    }

    /// Sets the count to 0 after a right answer; `false` where the account has changed since.
    ///
    /// # Errors
    /// The store's.
    pub async fn succeed(
        &self,
        tx: &mut Tx,
        account: AccountId,
        version: i64,
    ) -> Result<bool, DbError> {
        Ok(tx.execute(self.reset, params![account, version]).await? == 1)
    }

    /// Locks after a wrong answer, if it was the last that may fail; says whether it did.
    ///
    /// # Errors
    /// The store's.
    pub async fn fail(
        &self,
        tx: &mut Tx,
        account: AccountId,
        reserved: Reserved,
        rule: Rule,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        if reserved.number < i64::from(rule.failures) {
            return Ok(false);
        }
        Ok(tx
            .execute(self.lock, params![account, now, i64::from(rule.failures)])
            .await?
            == 1)
    }

    /// Takes count and lock away; says whether there was any.
    ///
    /// # Errors
    /// The store's.
    pub async fn unlock(&self, tx: &mut Tx, account: AccountId) -> Result<bool, DbError> {
        Ok(tx.execute(self.unlock, params![account]).await? == 1)
    }
}
