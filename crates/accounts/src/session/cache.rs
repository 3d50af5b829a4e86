//! What this process knows of sessions: at most two seconds old, counted from before it was read.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_web::PermissionSet;

use super::store::{LiveRow, SessionId};
use crate::AccountId;

/// How long what was read counts.
const FRESH: Duration = Duration::from_secs(2);
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
}

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
        (*read_at <= now && now.since(*read_at) < FRESH).then(|| Arc::clone(live))
    }

    pub(super) fn put(&self, id: SessionId, read_at: Timestamp, live: Arc<Live>) {
        let mut entries = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MANY {
            entries.retain(|_, (at, _)| read_at.since(*at) < FRESH);
        }
        entries.insert(id, (read_at, live));
    }

    pub(crate) fn forget(&self, account: AccountId, session: Option<SessionId>) {
        let mut entries = self.live.write().unwrap_or_else(PoisonError::into_inner);
        match session {
            Some(session) => drop(entries.remove(&session)),
            None => entries.retain(|_, (_, live)| live.row.account_id != account),
        }
    }
}
