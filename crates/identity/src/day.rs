//! Days and hours as the organisation counts them, for what is counted by day.

use hanok_base::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A day where the organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// Which day.
    pub(crate) date: Date,
    /// Its first moment.
    pub(crate) from: Timestamp,
    /// The first moment of the day after.
    pub(crate) until: Timestamp,
}

impl Day {
    /// This day in `zone`.
    pub(crate) fn of(date: Date, zone: &TimeZone) -> Self {
        Self {
            date,
            from: start(date, zone),
            until: start(date.tomorrow().unwrap_or(Date::MAX), zone),
        }
    }

    /// The day that it is at `now` in `zone`.
    pub(crate) fn at(now: Timestamp, zone: &TimeZone) -> Self {
        Self::of(now.local_date(zone), zone)
    }

    /// Where each of its 24 hours begins, and where the day ends. An hour that the clock skips is empty;
    /// one that it shows twice lasts both times.
    pub(crate) fn hours(&self, zone: &TimeZone) -> [Timestamp; 25] {
        let mut starts = [self.until; 25];
        for (hour, begins) in (0..24_i8).zip(&mut starts) {
            *begins = moment(self.date.at(hour, 0, 0, 0), zone);
        }
        starts
    }
}

/// The first moment of a day in `zone`.
pub(crate) fn start(date: Date, zone: &TimeZone) -> Timestamp {
    moment(date.at(0, 0, 0, 0), zone)
}

/// The day `days` before `date`.
pub(crate) fn days_before(date: Date, days: u32) -> Date {
    date.saturating_sub(jiff::Span::new().days(days))
}

/// When the clock in `zone` shows this: the first time where it does so twice, the next moment that there
/// is where it never does.
fn moment(civil: DateTime, zone: &TimeZone) -> Timestamp {
    let instant = zone.to_ambiguous_timestamp(civil).compatible();
    instant.map_or_else(
        |_| Timestamp::default(),
        |at| Timestamp::from_micros(at.as_microsecond()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn minutes(hours: [Timestamp; 25]) -> Vec<u64> {
        hours
            .windows(2)
            .map(|pair| pair[1].since(pair[0]).as_secs() / 60)
            .collect()
    }

    #[test]
    fn a_day_is_the_organisations() {
        let late = Timestamp::from_seconds(1_795_276_800); // 2026-11-21T16:00Z, 01:00 of the 22nd in Seoul
        let seoul = Day::at(late, &zone("Asia/Seoul"));
        assert_eq!(seoul.date.to_string(), "2026-11-22");
        assert_eq!(late.since(seoul.from).as_secs(), 3_600);
        assert_eq!(seoul.until.since(seoul.from).as_secs(), 86_400);
        assert_eq!(minutes(seoul.hours(&zone("Asia/Seoul"))), [60; 24]);
        assert_eq!(Day::at(late, &TimeZone::UTC).date.to_string(), "2026-11-21");
    }

    #[test]
    fn an_hour_that_is_skipped_is_empty_and_one_that_is_shown_twice_is_long() {
        let paris = zone("Europe/Paris");
        let spring = Day::of(Date::constant(2026, 3, 29), &paris);
        let autumn = Day::of(Date::constant(2026, 10, 25), &paris);
        let lengths = |day: &Day| minutes(day.hours(&paris));
        assert_eq!(lengths(&spring)[..4], [60, 60, 0, 60]);
        assert_eq!(lengths(&autumn)[..4], [60, 60, 120, 60]);
        assert_eq!(lengths(&spring).iter().sum::<u64>(), 23 * 60);
        assert_eq!(lengths(&autumn).iter().sum::<u64>(), 25 * 60);
    }
}
