//! Numbers that look random and are the same for the same seed: they are drawn by the million, and none
//! is a secret.

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including `limit` (0 when `limit` is 0).
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.draw()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A place in a list of `length`.
    pub(super) fn place(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).unwrap_or_default();
        usize::try_from(self.below(length)).unwrap_or_default()
    }

    /// A place in a list of `length`, the early ones much likelier: few people and shops do most.
    pub(super) fn early_place(&mut self, length: usize) -> usize {
        let (one, other) = (self.place(length), self.place(length));
        one.min(other)
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let place = self.place(from.len());
        from.get(place).copied()
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(super) fn in_thousand(&mut self, times: u64) -> bool {
        self.below(1_000) < times
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighed<T: Copy>(&mut self, from: &[(u64, T)]) -> Option<T> {
        let whole: u64 = from.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(whole);
        for (weight, one) in from {
            if left < *weight {
                return Some(*one);
            }
            left -= weight;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_numbers() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            (0..5).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(3);
        let drawn = (0..10_000).filter_map(|_| dice.weighed(&[(9, true), (1, false)]));
        let often = drawn.filter(|one| *one).count();
        assert!((8_800..9_200).contains(&often), "{often}");
        assert_eq!(dice.weighed::<u8>(&[]), None);
    }
}
