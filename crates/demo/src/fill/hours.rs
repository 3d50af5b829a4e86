//! The hours of the made-up past and how much falls into each: more by day than by night, more on working
//! days, and a little more each month.

use std::time::Duration;

use hanok_base::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

const HOUR_MICROS: i64 = 3_600_000_000;

/// How busy the hours of a day are, midnight first.
const OF_DAY: [u64; 24] = [
    12, 7, 4, 3, 3, 5, 14, 32, 58, 84, 96, 98, 88, 92, 95, 90, 86, 84, 80, 76, 72, 60, 40, 22,
];

/// An hour, or the part of one that has passed.
#[derive(Clone, Debug)]
pub(super) struct Hour {
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
    /// Requests that are made in it.
    pub(super) requests: u64,
    /// How many audit rows there are by its end.
    pub(super) audit_so_far: u64,
}

/// How much there is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    pub(super) days: u32,
    pub(super) requests: u64,
    pub(super) audit: u64,
}

/// The hours up to `now`, the oldest first.
pub(super) fn hours(now: Timestamp, zone: &TimeZone, amount: Amount) -> Vec<Hour> {
    let length = Duration::from_secs(u64::from(amount.days) * 86_400);
    let first = now.minus(length).micros().div_euclid(HOUR_MICROS);
    let last = now.micros().div_euclid(HOUR_MICROS);
    let weights: Vec<(i64, u64)> = (first..=last)
        .map(|hour| (hour, weight(hour, first, now, zone)))
        .collect();
    let whole = weights.iter().map(|(_, weight)| weight).sum::<u64>().max(1);
    let share = |of: u64, so_far: u64| {
        let exact = u128::from(of) * u128::from(so_far) / u128::from(whole);
        u64::try_from(exact).unwrap_or(of)
    };
    let mut so_far = 0;
    let hour = |(hour, weight): (i64, u64)| {
        let before = so_far;
        so_far += weight;
        Hour {
            begins: Timestamp::from_micros(hour * HOUR_MICROS),
            ends: Timestamp::from_micros((hour + 1) * HOUR_MICROS).min(now),
            requests: share(amount.requests, so_far) - share(amount.requests, before),
            audit_so_far: share(amount.audit, so_far),
        }
    };
    weights.into_iter().map(hour).collect()
}

fn weight(hour: i64, first: i64, now: Timestamp, zone: &TimeZone) -> u64 {
    let begins = hour * HOUR_MICROS;
    let local = jiff::Timestamp::from_microsecond(begins)
        .unwrap_or_default()
        .to_zoned(zone.clone());
    let of_day = usize::try_from(local.hour())
        .ok()
        .and_then(|at| OF_DAY.get(at));
    let of_week = match local.weekday() {
        Weekday::Saturday => 7,
        Weekday::Sunday => 6,
        _ => 10,
    };
    // One percent more every ten days.
    let growth = 1_000 + u64::try_from((hour - first) / 24).unwrap_or_default();
    let passed = u64::try_from((now.micros() - begins).min(HOUR_MICROS)).unwrap_or_default();
    let minutes = passed / 60_000_000;
    of_day.copied().unwrap_or_default() * of_week * growth * minutes
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

    fn made(days: u32) -> Vec<Hour> {
        let zone = TimeZone::fixed(jiff::tz::offset(9));
        let amount = Amount {
            days,
            requests: 100_000,
            audit: 1_000_000,
        };
        hours(NOW, &zone, amount)
    }

    #[test]
    fn everything_falls_into_some_hour_and_nothing_behind_now() {
        let made = made(400);
        assert_eq!(made.iter().map(|hour| hour.requests).sum::<u64>(), 100_000);
        assert_eq!(made.last().map(|hour| hour.audit_so_far), Some(1_000_000));
        assert_eq!(made.last().map(|hour| hour.ends), Some(NOW));
        assert!(made.iter().all(|hour| hour.begins < hour.ends));
        assert!(made.is_sorted_by_key(|hour| (hour.begins, hour.audit_so_far)));
    }

    #[test]
    fn people_sleep() {
        let made = made(7);
        let at = |local: i64| {
            let of_day = |hour: &&Hour| (hour.begins.seconds() / 3_600 + 9) % 24 == local;
            made.iter()
                .filter(of_day)
                .map(|hour| hour.requests)
                .sum::<u64>()
        };
        assert!(at(11) > 20 * at(3), "{} {}", at(11), at(3));
    }
}
