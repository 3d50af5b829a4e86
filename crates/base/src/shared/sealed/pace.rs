//! What happens at most so often.

use std::time::Duration;

use crate::clock::Timestamp;

/// When something happened last.
#[derive(Default)]
pub(super) struct Pace(Option<Timestamp>);

impl Pace {
    /// Whether it may happen now, and then it does.
    pub(super) fn is_due(&mut self, now: Timestamp, every: Duration) -> bool {
        // A clock that was set back does not put it off.
        let is_due = self
            .0
            .is_none_or(|last| now < last || now.since(last) >= every);
        if is_due {
            self.0 = Some(now);
        }
        is_due
    }
}
