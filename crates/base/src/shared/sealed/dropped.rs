//! Counts what was dropped, and says so now and then.

use std::time::Duration;

use super::pace::Pace;
use crate::clock::Timestamp;
use crate::shared::fanout::FANOUT_DROPPED;

const LOG_EVERY: Duration = Duration::from_mins(1);

/// Why a message does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Not sealed by this installation for this channel, or damaged.
    Unreadable,
    /// Sealed with a key that this process has not read yet.
    UnknownKey,
    /// From too long ago, or from the future.
    Old,
    /// Heard already, or this process's own.
    Repeated,
}

impl Why {
    const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UnknownKey => "unknown_key",
            Self::Old => "old",
            Self::Repeated => "repeated",
        }
    }
}

/// What was dropped since it was last said.
#[derive(Default)]
pub(super) struct Dropped {
    unreadable: u64,
    unknown_key: u64,
    old: u64,
    repeated: u64,
    said: Pace,
}

impl Dropped {
    pub(super) fn add(&mut self, why: Why, transport: &'static str) {
        metrics::counter!(FANOUT_DROPPED, "transport" => transport, "reason" => why.word())
            .increment(1);
        *match why {
            Why::Unreadable => &mut self.unreadable,
            Why::UnknownKey => &mut self.unknown_key,
            Why::Old => &mut self.old,
            Why::Repeated => &mut self.repeated,
        } += 1;
    }

    /// Says what was dropped, if anything was and nothing was said of it within the last minute.
    pub(super) fn log(&mut self, now: Timestamp, transport: &'static str) {
        let Self {
            unreadable,
            unknown_key,
            old,
            repeated,
            ..
        } = *self;
        let all = unreadable + unknown_key + old + repeated;
        if all == 0 || !self.said.is_due(now, LOG_EVERY) {
            return;
        }
        tracing::warn!(
            transport,
            unreadable,
            unknown_key,
            old,
            repeated,
            "news between processes were dropped: somebody else speaks there, or clocks or key rings differ"
        );
        let said = std::mem::take(&mut self.said);
        *self = Self {
            said,
            ..Self::default()
        };
    }
}
