//! When letters of the day are due.

use std::time::Duration;

use hanok_base::Timestamp;

use crate::context::Notifications;
use crate::preference::Preferences;

impl Notifications {
    /// The first morning of somebody's after `now`.
    pub(in crate::mail) fn first_morning(&self, chosen: &Preferences, now: Timestamp) -> Timestamp {
        let zone = self.accounts.organisation.get().zone.clone();
        chosen.digest_at.first_after(now, &zone)
    }

    /// The morning that somebody has chosen since theirs was noted as due, where it is still to come today.
    pub(super) fn moved_morning(
        &self,
        chosen: &Preferences,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let before = due_at.minus(Duration::from_micros(1));
        let morning = self.first_morning(chosen, before);
        let is_today = self.accounts.today(morning) == self.accounts.today(now);
        (morning > now && is_today).then_some(morning)
    }

    /// The first morning of somebody's after today.
    pub(super) fn next_morning(&self, chosen: &Preferences, now: Timestamp) -> Timestamp {
        let first = self.first_morning(chosen, now);
        if self.accounts.today(first) == self.accounts.today(now) {
            self.first_morning(chosen, first)
        } else {
            first
        }
    }
}
