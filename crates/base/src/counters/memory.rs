//! Counters of one process: a sliding log per key, in sharded maps of bounded size.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::future::ready;
use std::hash::BuildHasher;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{CounterFuture, Decision, Limit, SharedCounters};
use crate::clock::Timestamp;

const SHARDS: usize = 16;
const DEFAULT_KEYS: usize = 100_000;

/// Limits up to this many hits are counted exactly; larger ones in slots of 1/60 window.
const EXACT_UP_TO: u32 = 64;
const SLOTS_PER_WINDOW: i64 = 60;

/// Counters in this process's memory.
///
/// Holds a bounded number of keys; when it is full the keys that were hit longest ago are forgotten first.
pub struct MemoryCounters {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    keys_per_shard: usize,
}

type Shard = HashMap<Box<str>, Log>;

/// The hits of one key, oldest first.
#[derive(Default)]
struct Log {
    slots: VecDeque<Slot>,
    total: u32,
    window: i64,
}

/// Hits that are forgotten together, one window after `at`.
struct Slot {
    at: i64,
    hits: u32,
}

impl Default for MemoryCounters {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryCounters {
    /// Counters for up to 100,000 keys.
    pub fn new() -> Self {
        Self::with_capacity(DEFAULT_KEYS)
    }

    /// Counters for up to about `keys` keys.
    pub fn with_capacity(keys: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            keys_per_shard: keys.div_ceil(SHARDS).max(1),
        }
    }

    /// How many keys are held.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether no key is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, key: &str) -> Option<MutexGuard<'_, Shard>> {
        let place = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or_default() % SHARDS;
        self.shards.get(place).map(lock)
    }

    fn count(&self, key: &str, limit: Limit, now: i64) -> Decision {
        let Some(mut shard) = self.shard(key) else {
            return Decision::unlimited(limit);
        };
        if let Some(log) = shard.get_mut(key) {
            return log.hit(limit, now);
        }
        if shard.len() >= self.keys_per_shard {
            make_room(&mut shard, self.keys_per_shard, now);
        }
        let mut log = Log::default();
        let decision = log.hit(limit, now);
        shard.insert(key.into(), log);
        decision
    }

    fn look(&self, key: &str, limit: Limit, now: i64) -> Decision {
        let mut shard = self.shard(key);
        match shard.as_mut().and_then(|shard| shard.get_mut(key)) {
            Some(log) => log.peek(limit, now),
            None => Log::default().peek(limit, now),
        }
    }
}

impl SharedCounters for MemoryCounters {
    fn hit<'a>(&'a self, key: &'a str, limit: Limit, now: Timestamp) -> CounterFuture<'a> {
        Box::pin(ready(self.count(key, limit, now.micros())))
    }

    fn peek<'a>(&'a self, key: &'a str, limit: Limit, now: Timestamp) -> CounterFuture<'a> {
        Box::pin(ready(self.look(key, limit, now.micros())))
    }

    fn forget<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        if let Some(mut shard) = self.shard(key) {
            shard.remove(key);
        }
        Box::pin(ready(()))
    }
}

impl Decision {
    fn unlimited(limit: Limit) -> Self {
        Self {
            allowed: true,
            remaining: limit.count,
            reset: Duration::ZERO,
        }
    }
}

impl Log {
    fn hit(&mut self, limit: Limit, now: i64) -> Decision {
        let seen = self.peek(limit, now);
        if !seen.allowed {
            return seen;
        }
        let width = if limit.count <= EXACT_UP_TO {
            0
        } else {
            self.window / SLOTS_PER_WINDOW
        };
        match self.slots.back_mut() {
            Some(slot) if now.saturating_sub(slot.at) < width => slot.hits += 1,
            _ => self.slots.push_back(Slot { at: now, hits: 1 }),
        }
        self.total += 1;
        Decision {
            remaining: seen.remaining - 1,
            reset: self.oldest_leaves_in(now),
            ..seen
        }
    }

    fn peek(&mut self, limit: Limit, now: i64) -> Decision {
        self.window = i64::try_from(limit.window.as_micros()).unwrap_or(i64::MAX);
        self.forget_old(now);
        let remaining = limit.count.saturating_sub(self.total);
        Decision {
            allowed: remaining > 0,
            remaining,
            reset: self.oldest_leaves_in(now),
        }
    }

    fn forget_old(&mut self, now: i64) {
        while let Some(oldest) = self.slots.front() {
            if now.saturating_sub(oldest.at) < self.window {
                break;
            }
            self.total = self.total.saturating_sub(oldest.hits);
            self.slots.pop_front();
        }
    }

    fn oldest_leaves_in(&self, now: i64) -> Duration {
        let micros = match self.slots.front() {
            Some(oldest) => oldest.at.saturating_add(self.window).saturating_sub(now),
            None => 0,
        };
        Duration::from_micros(u64::try_from(micros).unwrap_or_default())
    }

    fn last_hit(&self) -> i64 {
        self.slots.back().map_or(i64::MIN, |slot| slot.at)
    }
}

/// Drops what has run out and, where that is not enough, the eighth that was hit longest ago.
fn make_room(shard: &mut Shard, capacity: usize, now: i64) {
    shard.retain(|_, log| {
        log.forget_old(now);
        !log.slots.is_empty()
    });
    if shard.len() < capacity {
        return;
    }
    let mut hits: Vec<i64> = shard.values().map(Log::last_hit).collect();
    let (_, oldest_kept, _) = hits.select_nth_unstable(capacity / 8);
    let oldest_kept = *oldest_kept;
    let mut surplus = capacity / 8 + 1;
    shard.retain(|_, log| {
        let drop = surplus > 0 && log.last_hit() <= oldest_kept;
        surplus -= usize::from(drop);
        !drop
    });
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn five_a_minute_are_five_in_any_minute() {
        let counters = MemoryCounters::new();
        let limit = Limit::per_minute(5);
        for second in 0..5 {
            let seen = counters.count("kim", limit, second * SECOND);
            assert!(seen.allowed);
            assert_eq!(i64::from(seen.remaining), 4 - second);
        }
        let refused = counters.count("kim", limit, 30 * SECOND);
        assert_eq!((refused.allowed, refused.remaining), (false, 0));
        assert_eq!(refused.reset, Duration::from_secs(30));
        assert!(counters.count("kim", limit, 60 * SECOND).allowed);
        assert!(!counters.count("kim", limit, 60 * SECOND).allowed);
    }

    #[test]
    fn looking_counts_nothing_and_keys_do_not_share() {
        let counters = MemoryCounters::new();
        let limit = Limit::per_minute(1);
        assert!(counters.look("a", limit, 0).allowed);
        assert!(counters.count("a", limit, 0).allowed);
        assert!(!counters.look("a", limit, 1).allowed);
        assert!(counters.look("b", limit, 1).allowed);
    }

    #[test]
    fn a_large_limit_is_held_in_few_slots() {
        let counters = MemoryCounters::new();
        let limit = Limit::per_minute(6_000);
        let allowed = (0..7_000)
            .filter(|hit| {
                counters
                    .count("a", limit, hit * 10_000 % (59 * SECOND))
                    .allowed
            })
            .count();
        assert_eq!(allowed, 6_000);
        let shard = counters.shard("a").unwrap();
        assert!(shard.values().all(|log| log.slots.len() <= 61));
    }

    #[test]
    fn memory_stays_bounded_and_the_latest_keys_stay() {
        let counters = MemoryCounters::with_capacity(160);
        let limit = Limit::per_minute(1);
        for key in 0..2_000 {
            counters.count(&key.to_string(), limit, key);
        }
        assert!(counters.len() <= 160);
        assert!(!counters.look("1999", limit, 2_000).allowed);
    }
}
