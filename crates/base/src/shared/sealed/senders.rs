//! Which messages of which process were heard.

use std::collections::{BTreeSet, HashMap};

use super::FRESH;
use super::message::Message;
use crate::clock::Timestamp;

/// So many of a sender's messages are remembered one by one; all before those count as heard.
const WINDOW: usize = 1_024;

/// The processes heard of late.
#[derive(Default)]
pub(super) struct Senders(HashMap<u128, Seen>);

struct Seen {
    /// This one and all before it count as heard.
    floor: u64,
    above: BTreeSet<u64>,
    /// The latest time that a message of this sender bears.
    newest: Timestamp,
}

impl Senders {
    /// Whether a message that is fresh at `now` is heard for the first time.
    pub(super) fn admit(&mut self, message: &Message<'_>, now: Timestamp) -> bool {
        if !self.0.contains_key(&message.sender) {
            // Whatever they sent is too old by now to be heard again.
            self.0.retain(|_, seen| seen.newest.plus(FRESH) >= now);
        }
        let seen = self.0.entry(message.sender).or_insert_with(|| Seen {
            floor: 0,
            above: BTreeSet::new(),
            newest: message.at,
        });
        seen.admit(message)
    }
}

impl Seen {
    fn admit(&mut self, message: &Message<'_>) -> bool {
        if message.number <= self.floor || !self.above.insert(message.number) {
            return false;
        }
        self.newest = self.newest.max(message.at);
        while self.above.len() > WINDOW
            && let Some(first) = self.above.pop_first()
        {
            self.floor = first;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    fn message(sender: u128, number: u64, at: Timestamp) -> Message<'static> {
        Message {
            sender,
            number,
            at,
            text: "",
        }
    }

    #[test]
    fn each_number_of_a_sender_counts_once_in_whatever_order() {
        let mut senders = Senders::default();
        for (sender, number, is_new) in [
            (1, 5, true),
            (1, 3, true),
            (1, 5, false),
            (2, 5, true),
            (1, 4, true),
            (1, 3, false),
        ] {
            let message = message(sender, number, NOW);
            assert_eq!(senders.admit(&message, NOW), is_new, "{sender} {number}");
        }
    }

    #[test]
    fn what_lies_far_behind_counts_as_heard_and_memory_is_bounded() {
        let mut senders = Senders::default();
        for number in 2..=5_000 {
            assert!(senders.admit(&message(1, number, NOW), NOW));
        }
        assert!(!senders.admit(&message(1, 1, NOW), NOW));
        assert!(senders.0[&1].above.len() <= WINDOW);
    }

    #[test]
    fn a_sender_is_forgotten_only_when_all_it_sent_is_too_old() {
        let mut senders = Senders::default();
        let ahead = NOW.plus(Duration::from_secs(20));
        assert!(senders.admit(&message(1, 1, ahead), NOW));
        let later = NOW.plus(Duration::from_secs(45));
        assert!(senders.admit(&message(2, 1, later), later));
        assert!(!senders.admit(&message(1, 1, ahead), later));
        let last = NOW.plus(Duration::from_secs(51));
        assert!(senders.admit(&message(3, 1, last), last));
        assert_eq!(senders.0.len(), 2);
    }
}
