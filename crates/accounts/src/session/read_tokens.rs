//! Access tokens whose signature was verified here: of one that comes with each request it is verified once. Whether the
//! session lives is asked each time.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use hanok_base::Timestamp;

use super::store::SessionId;
use crate::AccountId;

/// The most that are kept.
const MANY: usize = 10_000;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) sub: AccountId,
    pub(super) sid: SessionId,
    pub(super) ver: i64,
    /// When it ends, in seconds of Unix time.
    pub(super) exp: i64,
    /// The key that signed it.
    pub(super) kid: Arc<str>,
}

/// What tokens say by the SHA-256 of their bytes: the tokens themselves are nowhere.
#[derive(Default)]
pub(crate) struct ReadTokens(RwLock<HashMap<[u8; 32], Said>>);

impl ReadTokens {
    pub(super) fn get(&self, hash: &[u8; 32]) -> Option<Said> {
        let read = self.0.read().unwrap_or_else(PoisonError::into_inner);
        read.get(hash).cloned()
    }

    /// Keeps what a token says that was just verified. Where there are too many, those that have ended make room;
    /// else all of them, and each is verified once more.
    pub(super) fn keep(&self, hash: [u8; 32], said: Said, now: Timestamp) {
        let mut read = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if read.len() >= MANY {
            read.retain(|_, said| said.exp > now.seconds());
        }
        if read.len() >= MANY {
            read.clear();
        }
        read.insert(hash, said);
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::Id;

    use super::*;

    fn said(exp: i64) -> Said {
        Said {
            sub: Id::from_uuid(uuid::Uuid::nil()),
            sid: Id::from_uuid(uuid::Uuid::nil()),
            ver: 1,
            exp,
            kid: "key".into(),
        }
    }

    fn hash(number: usize) -> [u8; 32] {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        hash
    }

    #[test]
    fn what_has_ended_makes_room_for_what_has_not() {
        let (tokens, now) = (ReadTokens::default(), Timestamp::from_micros(100_000_000));
        tokens.keep(hash(0), said(200), now);
        for number in 1..MANY {
            tokens.keep(hash(number), said(100), now);
        }
        assert_eq!(tokens.get(&hash(1)), Some(said(100)));
        tokens.keep(hash(MANY), said(200), now);
        assert_eq!(tokens.get(&hash(1)), None);
        assert_eq!(
            (tokens.get(&hash(0)), tokens.get(&hash(MANY))),
            (Some(said(200)), Some(said(200)))
        );
    }

    #[test]
    fn there_are_never_more_than_may_be() {
        let (tokens, now) = (ReadTokens::default(), Timestamp::from_micros(0));
        for number in 0..=MANY {
            tokens.keep(hash(number), said(200), now);
        }
        assert_eq!(tokens.get(&hash(0)), None);
        assert_eq!(tokens.get(&hash(MANY)), Some(said(200)));
    }
}
