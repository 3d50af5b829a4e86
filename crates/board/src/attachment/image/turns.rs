//! Of each person one picture at a time: whoever sends many keeps nobody else waiting behind them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hanok_accounts::AccountId;
use tokio::sync::{Mutex as Waiting, OwnedMutexGuard};

/// A person's turn, which lasts until it is dropped.
pub(in crate::attachment) type Turn = OwnedMutexGuard<()>;

/// Whose pictures are being made anew.
#[derive(Default)]
pub(in crate::attachment) struct Turns(Mutex<HashMap<AccountId, Weak<Waiting<()>>>>);

impl Turns {
    /// Waits until no other picture of this person is being made.
    pub(in crate::attachment) async fn take(&self, account: AccountId) -> Turn {
        self.of(account).lock_owned().await
    }

    fn of(&self, account: AccountId) -> Arc<Waiting<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&account).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Waiting::new(()));
        turns.insert(account, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_person_has_one_turn_at_a_time_and_keeps_nobody_else_waiting() {
        let turns = Turns::default();
        let of = |number| AccountId::from_uuid(Uuid::from_u128(number));
        let (one, other) = (of(1), of(2));
        let now = |account| turns.take(account).now_or_never();
        let first = now(one).unwrap();
        assert!(now(one).is_none());
        let second = now(other).unwrap();
        drop(first);
        drop((now(one).unwrap(), second));
        // Who has none is not remembered.
        let last = now(other).unwrap();
        assert_eq!(turns.0.lock().unwrap().len(), 1);
        drop(last);
    }
}
