//! How fast a provider may ask for a transaction's status; kept in memory, per process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hanok_base::Timestamp;

use super::store::TransactionId;

/// More entries than this are swept of those whose time has passed.
const MANY: usize = 50_000;

/// When each transaction may next be asked for.
#[derive(Default)]
pub(crate) struct PollTimes(Mutex<HashMap<TransactionId, Timestamp>>);

impl PollTimes {
    /// Counts a poll. The first is free; each refusal puts the next free one `interval` later.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn poll(
        &self,
        id: TransactionId,
        interval: Duration,
        now: Timestamp,
    ) -> Result<(), Duration> {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if times.len() >= MANY {
            times.retain(|_, next| *next > now);
        }
        let next = times.entry(id).or_insert(now);
        if *next <= now {
            *next = now.plus(interval);
            return Ok(());
        }
        *next = next.plus(interval);
        Err(next.since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_poll_is_free_and_each_refusal_costs_an_interval() {
        let (polls, id, five) = (
            PollTimes::default(),
            TransactionId::from_uuid(uuid::Uuid::nil()),
            Duration::from_secs(5),
        );
        let at = Timestamp::from_seconds;
        assert_eq!(polls.poll(id, five, at(100)), Ok(()));
        assert_eq!(polls.poll(id, five, at(101)), Err(Duration::from_secs(9)));
        assert_eq!(polls.poll(id, five, at(109)), Err(Duration::from_secs(6)));
        assert_eq!(polls.poll(id, five, at(115)), Ok(()));
        assert_eq!(polls.poll(id, five, at(120)), Ok(()));
    }
}
