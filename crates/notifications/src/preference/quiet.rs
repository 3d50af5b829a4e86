//! Times of the day and the hours in which somebody wants to be left alone, without I/O.

use std::fmt;
use std::str::FromStr;

use hanok_base::Timestamp;
use hanok_db::{FromValue, Param, Value};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// A time of the day to the minute, in the organisation's time zone: `08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TimeOfDay(u16);

/// A text that is no time of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoTimeOfDay;

impl TimeOfDay {
    /// Eight in the morning.
    pub(crate) const MORNING: Self = Self(8 * 60);

    /// So many minutes after midnight; `None` for more than a day has.
    pub(crate) fn of_minutes(minutes: u16) -> Option<Self> {
        (minutes < DAY).then_some(Self(minutes))
    }

    /// What time of the day it is then.
    pub(crate) fn at(at: Timestamp, zone: &TimeZone) -> Self {
        let time = moment(at).to_zoned(zone.clone()).time();
        let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
        Self(u16::from(hour) * 60 + u16::from(minute))
    }

    /// When it is this time for the first time after `after`: on a day whose clocks leave it out, when they have gone
    /// past it; on one that has it twice, the first of both.
    pub(crate) fn first_after(self, after: Timestamp, zone: &TimeZone) -> Timestamp {
        let today = after.local_date(zone);
        let first = days(today).find_map(|day| {
            let there = zone.to_ambiguous_timestamp(day.to_datetime(self.time()));
            let there = stamp(there.compatible().ok()?);
            (there > after).then_some(there)
        });
        first.unwrap_or(after)
    }

    fn time(self) -> Time {
        let part = |minutes: u16| i8::try_from(minutes).unwrap_or_default();
        Time::constant(part(self.0 / 60), part(self.0 % 60), 0, 0)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = NoTimeOfDay;

    /// `HH:MM`, as a field of a form sends it.
    fn from_str(text: &str) -> Result<Self, NoTimeOfDay> {
        let number = |digits: &str| {
            let is_two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_two.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = text.split_once(':').ok_or(NoTimeOfDay)?;
        let hours = number(hours).filter(|hours| *hours < 24);
        let minutes = number(minutes).filter(|minutes| *minutes < 60);
        let (Some(hours), Some(minutes)) = (hours, minutes) else {
            return Err(NoTimeOfDay);
        };
        Ok(Self(hours * 60 + minutes))
    }
}

impl Param for TimeOfDay {
    fn value(&self) -> Value<'_> {
        Value::I64(i64::from(self.0))
    }
}

impl FromValue for TimeOfDay {
    const EXPECTED: &'static str = "a minute of the day";

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::I64(minutes) => Self::of_minutes(u16::try_from(minutes).ok()?),
            _ => None,
        }
    }
}

/// The hours in which somebody wants to be left alone, every day: from the one time until the other, which may be on
/// the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QuietHours {
    /// When they begin.
    pub(crate) from: TimeOfDay,
    /// When they end; never the same.
    pub(crate) to: TimeOfDay,
}

impl QuietHours {
    /// Whether it is quiet at this time of the day.
    pub(crate) fn holds(self, at: TimeOfDay) -> bool {
        if self.from <= self.to {
            self.from <= at && at < self.to
        } else {
            self.from <= at || at < self.to
        }
    }

    /// Whether it is quiet then.
    pub(crate) fn hold_at(self, at: Timestamp, zone: &TimeZone) -> bool {
        self.holds(TimeOfDay::at(at, zone))
    }

    /// When the quiet hours that hold at `at` end; `None` where none hold. It is the first moment at which they do not
    /// hold, on days too whose clocks are set forward or back.
    pub(crate) fn end_after(self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if !self.hold_at(at, zone) {
            return None;
        }
        let today = at.local_date(zone);
        let ends = days(today).flat_map(|day| {
            let there = zone.to_ambiguous_timestamp(day.to_datetime(self.to.time()));
            [there.earlier(), there.later()]
        });
        // The clocks may be set forward past the end.
        let set = zone.following(moment(at)).take(1).map(|it| it.timestamp());
        let mut ends: Vec<Timestamp> = ends.flatten().chain(set).map(stamp).collect();
        ends.sort_unstable();
        let is_end = |end: &Timestamp| *end > at && !self.hold_at(*end, zone);
        ends.into_iter().find(is_end)
    }
}

/// The day and those after it in which a time of the day comes again.
fn days(first: Date) -> impl Iterator<Item = Date> {
    (0..=2).filter_map(move |later| first.checked_add(later.days()).ok())
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default()
}

fn stamp(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str) -> QuietHours {
        QuietHours {
            from: time(from),
            to: time(to),
        }
    }

    fn at(text: &str) -> Timestamp {
        stamp(text.parse().unwrap())
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn a_time_of_the_day_is_two_digits_a_colon_and_two_digits() {
        assert_eq!(Some(time("08:05")), TimeOfDay::of_minutes(8 * 60 + 5));
        assert_eq!(time("23:59").to_string(), "23:59");
        assert_eq!(time("00:00").to_string(), "00:00");
        let wrong = [
            "",
            "8:00",
            "24:00",
            "12:60",
            "12",
            "12:0",
            "-1:00",
            "+1:00",
            "12:00:00",
            "１２:00",
        ];
        for wrong in wrong {
            assert_eq!(wrong.parse::<TimeOfDay>(), Err(NoTimeOfDay), "{wrong}");
        }
        assert_eq!(TimeOfDay::of_minutes(1440), None);
    }

    #[test]
    fn quiet_hours_hold_from_their_first_minute_until_before_their_last() {
        let (noon, night) = (hours("12:00", "13:30"), hours("22:00", "07:00"));
        for (quiet, at, holds) in [
            (noon, "11:59", false),
            (noon, "12:00", true),
            (noon, "13:29", true),
            (noon, "13:30", false),
            (night, "21:59", false),
            (night, "22:00", true),
            (night, "00:00", true),
            (night, "06:59", true),
            (night, "07:00", false),
            (night, "12:00", false),
        ] {
            assert_eq!(quiet.holds(time(at)), holds, "{quiet:?} {at}");
        }
    }

    #[test]
    fn quiet_hours_end_at_their_end_on_this_day_or_the_next() {
        let (seoul, night) = (zone("Asia/Seoul"), hours("22:00", "07:00"));
        let evening = night.end_after(at("2026-11-21T23:30:00+09:00"), &seoul);
        assert_eq!(evening, Some(at("2026-11-22T07:00:00+09:00")));
        let morning = night.end_after(at("2026-11-22T06:59:59+09:00"), &seoul);
        assert_eq!(morning, evening);
        assert_eq!(
            night.end_after(at("2026-11-22T07:00:00+09:00"), &seoul),
            None
        );
        let noon = hours("12:00", "13:00");
        let within = noon.end_after(at("2026-11-22T12:30:00+09:00"), &seoul);
        assert_eq!(within, Some(at("2026-11-22T13:00:00+09:00")));
    }

    #[test]
    fn a_night_in_which_clocks_are_set_is_as_long_as_they_make_it() {
        let berlin = zone("Europe/Berlin");
        let night = hours("22:00", "07:00");
        // Forward, at 02:00 to 03:00: an hour less.
        let spring = night.end_after(at("2026-03-28T23:00:00+01:00"), &berlin);
        assert_eq!(spring, Some(at("2026-03-29T07:00:00+02:00")));
        // Back, at 03:00 to 02:00: an hour more.
        let autumn = night.end_after(at("2026-10-24T23:00:00+02:00"), &berlin);
        assert_eq!(autumn, Some(at("2026-10-25T07:00:00+01:00")));
    }

    #[test]
    fn an_end_that_clocks_leave_out_is_when_they_go_past_it() {
        let berlin = zone("Europe/Berlin");
        let end = hours("23:00", "02:30").end_after(at("2026-03-29T01:30:00+01:00"), &berlin);
        assert_eq!(end, Some(at("2026-03-29T03:00:00+02:00")));
        let next = time("02:30").first_after(at("2026-03-29T01:30:00+01:00"), &berlin);
        assert_eq!(next, at("2026-03-29T03:30:00+02:00"));
    }

    #[test]
    fn an_end_that_clocks_show_twice_ends_each_time() {
        let (berlin, quiet) = (zone("Europe/Berlin"), hours("23:00", "02:30"));
        let first = quiet.end_after(at("2026-10-25T02:10:00+02:00"), &berlin);
        assert_eq!(first, Some(at("2026-10-25T02:30:00+02:00")));
        let second = quiet.end_after(at("2026-10-25T02:10:00+01:00"), &berlin);
        assert_eq!(second, Some(at("2026-10-25T02:30:00+01:00")));
    }

    #[test]
    fn the_morning_comes_every_day_and_on_no_day_twice() {
        let seoul = zone("Asia/Seoul");
        let after = |text: &str| TimeOfDay::MORNING.first_after(at(text), &seoul);
        assert_eq!(
            after("2026-11-22T07:59:59+09:00"),
            at("2026-11-22T08:00:00+09:00")
        );
        assert_eq!(
            after("2026-11-22T08:00:00+09:00"),
            at("2026-11-23T08:00:00+09:00")
        );
    }
}
