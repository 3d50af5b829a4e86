//! What this process knows of API keys: at most two seconds old, counted from before it was read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use hanok_base::Timestamp;
use hanok_web::PermissionSet;

use super::store::LiveRow;
use crate::AccountId;
use crate::session::cache::is_fresh;

/// More keys than this are swept of stale ones.
const MANY: usize = 10_000;

/// A key, its account and what both allow.
#[derive(Debug)]
pub(crate) struct LiveKey {
    pub(crate) row: LiveRow,
    pub(crate) permissions: PermissionSet,
    pub(crate) roles: Arc<[String]>,
    pub(crate) name: Arc<str>,
    /// Whether its owner may still have keys.
    pub(crate) is_allowed: bool,
}

/// Keys by the SHA-256 of their values, each with when it was read.
type Entries = HashMap<[u8; 32], (Timestamp, Arc<LiveKey>)>;

/// What is known of keys.
#[derive(Default)]
pub(crate) struct KeyCache {
    live: RwLock<Entries>,
    withdrawals: AtomicU64,
}

/// A point between two withdrawals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(u64);

impl KeyCache {
    pub(super) fn get(&self, hash: &[u8; 32], now: Timestamp) -> Option<Arc<LiveKey>> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, key) = live.get(hash)?;
        is_fresh(*read_at, now).then(|| Arc::clone(key))
    }

    /// To be asked for before a key is read, and given with what was read.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.withdrawals.load(Ordering::SeqCst))
    }

    /// Keeps what was read after `mark`, unless something was withdrawn meanwhile.
    pub(super) fn put(&self, hash: [u8; 32], read_at: Timestamp, mark: Mark, key: Arc<LiveKey>) {
        let mut live = self.live_mut();
        if self.mark() != mark {
            return;
        }
        if live.len() >= MANY {
            live.retain(|_, (at, _)| is_fresh(*at, read_at));
        }
        live.insert(hash, (read_at, key));
    }

    /// Forgets the keys of an account.
    pub(crate) fn forget(&self, account: AccountId) {
        self.withdrawals.fetch_add(1, Ordering::SeqCst);
        self.live_mut()
            .retain(|_, (_, key)| key.row.account_id != account);
    }

    /// Forgets every key: something may have been withdrawn that was not heard of.
    pub(crate) fn forget_all(&self) {
        self.withdrawals.fetch_add(1, Ordering::SeqCst);
        self.live_mut().clear();
    }

    fn live_mut(&self) -> RwLockWriteGuard<'_, Entries> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hanok_base::{Clock, Id, Random};

    use super::*;
    use crate::account::AccountStatus;
    use crate::address_list::AddressList;
    use crate::api_key::store::Names;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);
    const HASH: [u8; 32] = [7; 32];

    fn key() -> Arc<LiveKey> {
        let (clock, random) = (Clock::manual(NOW), Random::seeded(1));
        let row = LiveRow {
            id: Id::new(&clock, &random),
            account_id: Id::new(&clock, &random),
            value_hash: HASH,
            permissions: Names::default(),
            address_allow_list: AddressList::default(),
            expires_at: None,
            last_used_at: None,
            version: 1,
            status: AccountStatus::Active,
            locale: None,
            theme: None,
            name: "김하늘".to_owned(),
        };
        Arc::new(LiveKey {
            row,
            permissions: PermissionSet::default(),
            roles: Arc::from([]),
            name: "김하늘".into(),
            is_allowed: true,
        })
    }

    #[test]
    fn what_was_read_counts_for_two_seconds() {
        let (cache, key) = (KeyCache::default(), key());
        cache.put(HASH, NOW, cache.mark(), key);
        let later = |millis| NOW.plus(Duration::from_millis(millis));
        assert!(cache.get(&HASH, later(1_999)).is_some());
        assert!(cache.get(&HASH, later(2_000)).is_none());
        assert!(cache.get(&[8; 32], NOW).is_none());
    }

    #[test]
    fn what_was_read_before_a_withdrawal_is_not_kept_after_it() {
        let (cache, key) = (KeyCache::default(), key());
        let mark = cache.mark();
        cache.forget(key.row.account_id);
        cache.put(HASH, NOW, mark, Arc::clone(&key));
        assert!(cache.get(&HASH, NOW).is_none());
        cache.put(HASH, NOW, cache.mark(), Arc::clone(&key));
        cache.forget(key.row.account_id);
        assert!(cache.get(&HASH, NOW).is_none());
    }
}
