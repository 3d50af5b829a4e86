//! Time: one clock that the whole program asks, and the one type it answers with.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z, as it is stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From seconds since 1970 UTC.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(duration)))
    }

    /// The moment `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(duration)))
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }

    /// RFC 3339 in UTC, with microseconds.
    pub fn to_rfc3339(self) -> String {
        format!("{:.6}", self.to_jiff())
    }

    /// RFC 3339 with the offset that `zone` has then, with milliseconds.
    pub fn to_rfc3339_in(self, zone: &TimeZone) -> String {
        let at = self.to_jiff();
        let offset = zone.to_offset(at);
        format!("{:.3}", at.display_with_offset(offset))
    }

    /// The calendar day (`YYYY-MM-DD`) in `zone`.
    pub fn local_date(self, zone: &TimeZone) -> jiff::civil::Date {
        self.to_jiff().to_zoned(zone.clone()).date()
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at = jiff::Timestamp::deserialize(deserializer)?;
        Ok(Self(at.as_microsecond()))
    }
}

/// What time it is: the system's clock, or in tests one that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that shows `start` until [`advance`](Self::advance) or [`set`](Self::set).
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.micros()))))
    }

    /// The current moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp(jiff_now()),
            Source::Manual(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(at) = &self.0 {
            at.fetch_add(micros_of(by), Ordering::SeqCst);
        }
    }

    /// Sets a manual clock; the system's clock is left alone.
    pub fn set(&self, to: Timestamp) {
        if let Source::Manual(at) = &self.0 {
            at.store(to.micros(), Ordering::SeqCst);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the system for the time"
)]
fn jiff_now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp::from_seconds(10));
        assert_eq!(clock.now(), Timestamp::from_seconds(10));
        clock.advance(Duration::from_secs(5));
        assert_eq!(
            clock.now().since(Timestamp::from_seconds(10)),
            Duration::from_secs(5)
        );
        assert_eq!(
            Timestamp::from_seconds(1).since(clock.now()),
            Duration::ZERO
        );
    }

    #[test]
    fn a_moment_reads_as_rfc_3339_and_back() {
        let at = Timestamp::from_micros(1_795_239_000_123_456);
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2026-11-21T05:30:00.123456Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn a_moment_reads_as_people_of_a_zone_write_it() {
        let at = Timestamp::from_micros(1_795_239_000_123_456);
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(at.to_rfc3339_in(&seoul), "2026-11-21T14:30:00.123+09:00");
    }
}
