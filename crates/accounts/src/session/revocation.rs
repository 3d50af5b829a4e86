//! A withdrawn right reaches every process at once where they hear each other, and within a second where not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hanok_base::{Id, Timestamp};
use hanok_db::{DbError, Tx};
use hanok_web::error::Error;

use super::store::{self, Revoked, SessionId};
use crate::AccountId;
use crate::context::Accounts;

/// How far before the last look each one goes back: longer than any unit takes to commit in a process whose clock is
/// some seconds behind this one's.
const LOOK_BACK: Duration = Duration::from_secs(30);
/// How long what was withdrawn is forgotten anew by every look, since it may have been read before it was committed.
const FORGET_FOR: Duration = Duration::from_secs(10);
/// After this time without a look something may have been missed.
const SILENCE: Duration = Duration::from_secs(10);

/// What this process has read of withdrawals until now.
#[derive(Default)]
pub(crate) struct Looks {
    read: Mutex<Read>,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Default)]
struct Read {
    /// When the last look that was carried through began.
    last: Option<Timestamp>,
    /// Whether one has failed since.
    has_failed: bool,
}

impl Read {
    /// From when on a look at `now` reads. The last one may have been by a clock that was ahead.
    fn since(self, now: Timestamp) -> Timestamp {
        self.last.unwrap_or(now).min(now).minus(LOOK_BACK)
    }

    /// Whether more may have been withdrawn than a look shows: the store keeps it for some minutes only.
    fn may_have_missed(self, now: Timestamp) -> bool {
        self.has_failed || self.last.is_some_and(|last| now.since(last) > SILENCE)
    }
}

/// When each of the rows that the last look read was seen for the first time.
#[derive(Default)]
struct Seen(HashMap<Id<()>, Timestamp>);

impl Seen {
    /// Those of a look's rows that count at `now`: the new ones, and those that were new a short time ago.
    fn counting(&mut self, rows: Vec<Revoked>, now: Timestamp) -> Vec<Revoked> {
        let before = std::mem::take(&mut self.0);
        let first = |id: Id<()>| before.get(&id).copied().unwrap_or(now);
        self.0 = rows.iter().map(|row| (row.id, first(row.id))).collect();
        let counts = |row: &Revoked| now.since(first(row.id)) <= FORGET_FOR;
        rows.into_iter().filter(counts).collect()
    }
}

impl Looks {
    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

    /// Has every process read this account's rights anew and look again which rooms its sockets are in, once the unit
    /// has committed: for an app where what somebody may see changes, and their roles do not.
    ///
    /// # Errors
    /// The store's.
    pub async fn recheck_seats(
        &self,
        tx: &mut Tx,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), DbError> {
        self.revoke(tx, account, None, now).await
    }

    /// Reads what other processes revoked; each process calls it every second. After a time in which it could not,
    /// everything that is known of sessions is forgotten and every socket is checked.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_revocations(&self) -> Result<(), Error> {
        let (now, read) = (self.clock.now(), *self.looks.read());
        let looked = self.look(read, now).await;
        *self.looks.read() = match looked {
            Ok(()) => Read {
                last: Some(now),
                has_failed: false,
            },
            Err(_) => Read {
                has_failed: true,
                ..read
            },
        };
        looked
    }

    async fn look(&self, read: Read, now: Timestamp) -> Result<(), Error> {
        let since = read.since(now);
        let revoked = self
            .db
            .read(async move |conn| store::revoked_since(conn, since).await)
            .await?;
        let revoked = self.looks.seen().counting(revoked, now);
        revoked
            .into_iter()
            .for_each(|row| self.forget(row.account_id, row.session_id));
        if read.may_have_missed(now) {
            self.forget_everybody();
            self.live.recheck_all().await?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    fn looked(last: Timestamp) -> Read {
        Read {
            last: Some(last),
            has_failed: false,
        }
    }

    #[test]
    fn a_look_goes_back_from_the_last_one_or_from_now_where_that_is_earlier() {
        let ago = |seconds| NOW.minus(Duration::from_secs(seconds));
        assert_eq!(Read::default().since(NOW), ago(30));
        assert_eq!(looked(ago(1)).since(NOW), ago(31));
        assert_eq!(looked(ago(300)).since(NOW), ago(330));
        let ahead = NOW.plus(Duration::from_mins(5));
        assert_eq!(looked(ahead).since(NOW), ago(30));
    }

    #[test]
    fn what_was_withdrawn_counts_for_ten_seconds_from_when_it_was_first_seen() {
        let row = |number| Revoked {
            id: Id::from_uuid(uuid::Uuid::from_u128(number)),
            account_id: Id::from_uuid(uuid::Uuid::from_u128(7)),
            session_id: None,
        };
        let mut seen = Seen::default();
        let counting = |seen: &mut Seen, rows: &[u128], second| {
            let rows = rows.iter().copied().map(row).collect();
            let now = NOW.plus(Duration::from_secs(second));
            let counting = seen.counting(rows, now).into_iter();
            counting
                .map(|row| row.id.uuid().as_u128())
                .collect::<Vec<_>>()
        };
        assert_eq!(counting(&mut seen, &[1], 0), [1]);
        assert_eq!(counting(&mut seen, &[1, 2], 5), [1, 2]);
        assert_eq!(counting(&mut seen, &[1, 2], 11), [2]);
        // One that came late, whatever time it bears.
        assert_eq!(counting(&mut seen, &[1, 2, 3], 20), [3]);
        assert_eq!(counting(&mut seen, &[3], 21), [3]);
        assert_eq!(seen.0.len(), 1, "what is not read any more is not kept");
    }

    #[test]
    fn something_may_have_been_missed_after_a_failure_or_a_long_time_without_a_look() {
        let ago = |seconds| NOW.minus(Duration::from_secs(seconds));
        assert!(
            !Read::default().may_have_missed(NOW),
            "nothing is known yet"
        );
        assert!(!looked(ago(10)).may_have_missed(NOW));
        assert!(looked(ago(11)).may_have_missed(NOW));
        let failed = Read {
            has_failed: true,
            ..looked(ago(1))
        };
        assert!(failed.may_have_missed(NOW));
    }
}
