//! How long to wait before the next try.

use std::time::Duration;

use hanok_base::Random;

/// Doubling waits with jitter, so that what failed together does not return together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The middle of the first wait.
    pub first: Duration,
    /// No wait is longer.
    pub max: Duration,
}

impl Backoff {
    /// The wait after the `failures`th failure (1 is the first): `first` doubled for each earlier one,
    /// then between half and one and a half times that, and at most `max`.
    pub fn delay(&self, failures: u32, random: &Random) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let middle = self.first.saturating_mul(1 << doublings).min(self.max);
        let spread = u32::try_from(middle.as_millis()).unwrap_or(u32::MAX);
        let jitter = Duration::from_millis(u64::from(random.below(spread.saturating_add(1))));
        (middle / 2).saturating_add(jitter).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        first: Duration::from_secs(2),
        max: Duration::from_hours(1),
    };

    fn range(failures: u32) -> (Duration, Duration) {
        let random = Random::seeded(5);
        let delays = (0..2_000).map(|_| BACKOFF.delay(failures, &random));
        delays.fold((Duration::MAX, Duration::ZERO), |(low, high), it| {
            (low.min(it), high.max(it))
        })
    }

    #[test]
    fn waits_double_with_jitter_up_to_the_longest() {
        let seconds = Duration::from_secs;
        for (failures, low, high) in [(0, 1, 3), (1, 1, 3), (2, 2, 6), (5, 16, 48)] {
            let (shortest, longest) = range(failures);
            assert!(
                shortest >= seconds(low) && longest <= seconds(high),
                "{failures}"
            );
            assert!(
                longest.abs_diff(shortest) > seconds(high - low) * 9 / 10,
                "{failures}"
            );
        }
        let (shortest, longest) = range(u32::MAX);
        assert!(shortest >= seconds(1800) && longest <= seconds(3600));
    }
}
