//! The part of the files that an hour looks at: all of them each hour would be the whole store and the whole folder.

use hanok_base::Timestamp;

use super::super::blob::Sha256;

/// How many parts there are: no divisor of the hours of a day, so that a machine that is off at night comes to each.
const PARTS: u8 = 23;

const AN_HOUR: i64 = 3_600_000_000;

/// The first bytes of the names that are looked at in this hour.
pub(super) fn prefixes(now: Timestamp) -> Vec<u8> {
    let hour = now.micros().div_euclid(AN_HOUR);
    let part = u8::try_from(hour.rem_euclid(PARTS.into())).unwrap_or_default();
    let is_looked_at = |prefix: &u8| prefix % PARTS == part;
    (0..=u8::MAX).filter(is_looked_at).collect()
}

/// The first and the last name with this first byte.
pub(super) fn range(prefix: u8) -> (Sha256, Sha256) {
    let with = |rest: u8| {
        let mut name = [rest; 32];
        let [first, ..] = &mut name;
        *first = prefix;
        name
    };
    (with(0), with(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(hours: impl Iterator<Item = i64>) -> Vec<u8> {
        let at = |hour: i64| Timestamp::from_micros(hour * AN_HOUR + 7);
        let mut seen: Vec<u8> = hours.flat_map(|hour| prefixes(at(hour))).collect();
        seen.sort_unstable();
        seen
    }

    #[test]
    fn each_file_is_looked_at_once_in_as_many_hours_as_there_are_parts() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(seen(480_000..480_023), all);
        // Also where the machine runs for an hour a day.
        assert_eq!(seen((0..23).map(|day| 480_009 + 24 * day)), all);
    }
}
