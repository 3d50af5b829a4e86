//! Hits that Redis was not there for.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hanok_base::Timestamp;
use hanok_base::counters::Limit;

/// More than this are not remembered; then the oldest go, which matter for the shortest time.
const MOST: usize = 10_000;

/// A hit that Redis was not there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missed {
    pub(crate) key: Box<str>,
    pub(crate) limit: Limit,
    pub(crate) at: Timestamp,
}

/// What Redis is to be told when it is there again, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Backlog(Mutex<VecDeque<Missed>>);

impl Backlog {
    pub(crate) fn push(&self, missed: Missed) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(missed);
    }

    pub(crate) fn take(&self) -> Option<Missed> {
        self.all().pop_front()
    }

    pub(crate) fn give_back(&self, missed: Missed) {
        self.all().push_front(missed);
    }

    pub(crate) fn forget(&self, key: &str) {
        self.all().retain(|missed| &*missed.key != key);
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Missed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(key: &str, second: i64) -> Missed {
        Missed {
            key: key.into(),
            limit: Limit::per_minute(5),
            at: Timestamp::from_seconds(second),
        }
    }

    #[test]
    fn the_oldest_is_told_first_and_what_is_given_back_comes_again() {
        let backlog = Backlog::default();
        backlog.push(missed("a", 1));
        backlog.push(missed("b", 2));
        let first = backlog.take().unwrap();
        assert_eq!(first, missed("a", 1));
        backlog.give_back(first);
        backlog.forget("a");
        assert_eq!(backlog.take(), Some(missed("b", 2)));
        assert_eq!(backlog.take(), None);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_newest_stay() {
        let backlog = Backlog::default();
        let most = i64::try_from(MOST).unwrap();
        for second in 0..most + 5 {
            backlog.push(missed("a", second));
        }
        assert_eq!(backlog.all().len(), MOST);
        assert_eq!(backlog.take(), Some(missed("a", 5)));
    }
}
