//! Random numbers: the operating system's, or in tests a seeded stream.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::encoding::base64url_encode;
use crate::secret::hmac_sha256;

/// A source of random bytes. Cloning shares the source.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded { seed: u64, block: Arc<AtomicU64> },
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

impl Random {
    /// The cryptographic generator of the operating system, by way of aws-lc.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A repeatable stream (HMAC-SHA256 in counter mode) for tests; never for production.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded {
            seed,
            block: Arc::default(),
        })
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// Fills `out`.
    /// Panics where the operating system gives none: without random numbers nothing may go on.
    pub fn fill(&self, out: &mut [u8]) {
        match &self.0 {
            Source::System => {
                assert!(
                    aws_lc_rs::rand::fill(out).is_ok(),
                    "the operating system gives no random numbers"
                );
            }
            Source::Seeded { seed, block } => {
                for chunk in out.chunks_mut(32) {
                    let number = block.fetch_add(1, Ordering::SeqCst);
                    let stream = hmac_sha256(&seed.to_be_bytes(), &[&number.to_be_bytes()]);
                    chunk
                        .iter_mut()
                        .zip(stream)
                        .for_each(|(to, from)| *to = from);
                }
            }
        }
    }

    /// A number from 0 up to but not including `limit`, without bias (0 when `limit` is 0).
    pub fn below(&self, limit: u32) -> u32 {
        if limit == 0 {
            return 0;
        }
        let fair = u32::MAX - u32::MAX % limit;
        loop {
            let drawn = u32::from_be_bytes(self.bytes());
            if drawn < fair {
                return drawn % limit;
            }
        }
    }

    /// A token of 256 bits, base64url without padding (43 characters).
    pub fn token(&self) -> String {
        base64url_encode(&self.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_stream_and_the_system_does_not() {
        let (one, two) = (Random::seeded(1), Random::seeded(1));
        assert_eq!(one.bytes::<40>(), two.bytes::<40>());
        assert_ne!(one.bytes::<40>(), Random::seeded(2).bytes::<40>());
        assert_ne!(Random::system().token(), Random::system().token());
        assert_eq!(Random::system().token().len(), 43);
    }

    #[test]
    fn below_stays_below() {
        let random = Random::seeded(3);
        assert!((0..1_000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
    }
}
