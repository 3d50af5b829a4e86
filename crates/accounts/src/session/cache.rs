//! What this process knows of sessions: at most two seconds old, counted from before it was read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_web::PermissionSet;
use uuid::Uuid;

use super::store::{LiveRow, SessionId};
use crate::AccountId;

/// How long what was read counts.
pub(super) const FRESH: Duration = Duration::from_secs(2);
/// More entries than this are swept of stale ones.
const MANY: usize = 10_000;

/// A session, its account and what the account may do.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) row: LiveRow,
    pub(crate) permissions: PermissionSet,
    pub(crate) roles: Arc<[String]>,
    pub(crate) name: Arc<str>,
}

#[derive(Default)]
pub(crate) struct SessionCache {
    live: RwLock<HashMap<SessionId, (Timestamp, Arc<Live>)>>,
    /// Which session a cookie is of. That never changes, so it counts for as long as it is kept: whether
    /// the session lives is asked of `live`.
    cookies: RwLock<HashMap<[u8; 32], SessionId>>,
    /// What was withdrawn from an account or a session, and when: what was read before is not taken any more.
    withdrawn: RwLock<HashMap<Uuid, (Mark, Timestamp)>>,
    marks: AtomicU64,
}

/// A point between two withdrawals, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(u64);

impl SessionCache {
    pub(super) fn session_of(&self, token_hash: &[u8; 32]) -> Option<SessionId> {
        let cookies = self.cookies.read().unwrap_or_else(PoisonError::into_inner);
        cookies.get(token_hash).copied()
    }

    pub(super) fn keep_cookie(&self, token_hash: [u8; 32], id: SessionId) {
        let mut cookies = self.cookies.write().unwrap_or_else(PoisonError::into_inner);
        if cookies.len() >= MANY {
            cookies.clear();
        }
        cookies.insert(token_hash, id);
    }

    pub(super) fn get(&self, id: SessionId, now: Timestamp) -> Option<Arc<Live>> {
        let entries = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, live) = entries.get(&id)?;
        is_fresh(*read_at, now).then(|| Arc::clone(live))
    }

    /// To be asked for before a session is read, and given with what was read.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.marks.load(Ordering::SeqCst))
    }

    /// Keeps what was read after `mark`, unless it was withdrawn meanwhile.
    pub(super) fn put(&self, id: SessionId, read_at: Timestamp, mark: Mark, live: Arc<Live>) {
        let mut entries = self.live_mut();
        let withdrawn = self.withdrawn(live.row.account_id, id);
        if withdrawn.is_some_and(|(when, _)| when > mark) {
            return;
        }
        if entries.len() >= MANY {
            entries.retain(|_, (at, _)| read_at.since(*at) < FRESH);
        }
        entries.insert(id, (read_at, live));
    }

    /// Whether what another process read at `read_at` may count at `now`.
    pub(super) fn accepts(
        &self,
        account: AccountId,
        id: SessionId,
        read_at: Timestamp,
        now: Timestamp,
    ) -> bool {
        let withdrawn = self.withdrawn(account, id);
        is_fresh(read_at, now) && withdrawn.is_none_or(|(_, at)| at < read_at)
    }

    /// Forgets a session, or all of an account's; says which were known.
    pub(super) fn forget(
        &self,
        account: AccountId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Vec<SessionId> {
        self.withdraw(session.map_or(account.uuid(), SessionId::uuid), now);
        let mut entries = self.live_mut();
        let gone = entries.extract_if(|id, (_, live)| match session {
            Some(session) => *id == session,
            None => live.row.account_id == account,
        });
        gone.map(|(id, _)| id).collect()
    }

    /// Forgets every session: something may have been withdrawn that was not heard of.
    pub(super) fn forget_all(&self) {
        self.live_mut().clear();
    }

    fn withdraw(&self, of: Uuid, now: Timestamp) {
        let mark = Mark(self.marks.fetch_add(1, Ordering::SeqCst) + 1);
        let withdrawn = self.withdrawn.write();
        let mut withdrawn = withdrawn.unwrap_or_else(PoisonError::into_inner);
        if withdrawn.len() >= MANY {
            // What was read that long ago counts nowhere any more.
            withdrawn.retain(|_, (_, at)| now.since(*at) < 5 * FRESH);
        }
        withdrawn.insert(of, (mark, now));
    }

    /// The last that was withdrawn from either.
    fn withdrawn(&self, account: AccountId, id: SessionId) -> Option<(Mark, Timestamp)> {
        let withdrawn = self.withdrawn.read();
        let withdrawn = withdrawn.unwrap_or_else(PoisonError::into_inner);
        let of = |of: Uuid| withdrawn.get(&of).copied();
        of(account.uuid()).max(of(id.uuid()))
    }

    fn live_mut(&self) -> RwLockWriteGuard<'_, HashMap<SessionId, (Timestamp, Arc<Live>)>> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what was read at `read_at` counts at `now`. What comes from the future is another clock's.
pub(crate) fn is_fresh(read_at: Timestamp, now: Timestamp) -> bool {
    read_at <= now && now.since(read_at) < FRESH
}

#[cfg(test)]
mod tests;
