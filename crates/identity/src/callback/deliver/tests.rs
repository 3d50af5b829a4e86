//! When a callback is tried again, and what is kept of why it failed.

use hanok_base::Random;

use super::*;

const DAY: Duration = Duration::from_hours(24);

#[test]
fn the_first_retry_comes_after_one_to_three_seconds_and_none_later_than_an_hour() {
    let random = Random::seeded(1);
    for _ in 0..1_000 {
        let first = BACKOFF.delay(1, &random);
        assert!(
            (Duration::from_secs(1)..=Duration::from_secs(3)).contains(&first),
            "{first:?}"
        );
        assert!(BACKOFF.delay(40, &random) <= Duration::from_hours(1));
    }
}

#[test]
fn tries_go_on_for_a_day_and_the_last_is_at_its_end() {
    let made = Timestamp::from_seconds(1_000);
    let (mut now, mut tries, random) = (made, 0, Random::seeded(2));
    while let Next::Again(at) = next(made, DAY, BACKOFF.delay(tries + 1, &random), now) {
        assert!(at > now);
        (now, tries) = (at, tries + 1);
    }
    assert_eq!(now, made.plus(DAY));
    assert!((25..60).contains(&tries), "{tries}");
}

#[test]
fn a_long_error_is_cut_between_characters() {
    assert_eq!(shortened("길".repeat(400)), "길".repeat(300));
    assert_eq!(shortened("짧다".to_owned()), "짧다");
}
