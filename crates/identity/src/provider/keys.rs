//! A provider's keys: 256 bits that only it and Hanok know, one in use at a time.
//!
//! announced → active → retiring → retired. The first key is active at once. A later one is announced, so
//! that the provider can put it in place, and is used from when the provider says so or its time comes;
//! the one before it is then retiring and, after `identity.key_retiring_days`, retired.
//! A key counts `identity.key_days`, or 2³⁰ uses. Only the provider can bring a new key into use on its
//! side, so Hanok makes none by itself: one that is due is warned about every day and used on until a
//! newer one takes over; one that is used up is not used again.

mod rotate;
mod rows;
mod sweep;

use std::time::Duration;

use hanok_base::encoding::{base64_encode, base64url_encode, hex_encode};
use hanok_base::{Id, Place, Timestamp};
use hanok_db::{DbError, Tx};
use zeroize::Zeroizing;

use super::store::ProviderId;
use crate::context::Identity;
use crate::fault::Fault;

pub use rows::{KeyRow, count_use, current, of_provider};
pub use sweep::schedules;

/// Marks the id of a provider's key.
pub enum ProviderKey {}

/// The id of a provider's key; the `kid` of its messages is its `key_name`.
pub type KeyId = Id<ProviderKey>;

/// How often a key may encrypt: far below where random 96-bit IVs begin to meet (NIST SP 800-38D, 8.3).
pub const MOST_USES: i64 = 1 << 30;

/// The only algorithm: `A256GCM` with `dir` (RFC 7518).
const ALGORITHM: &str = "A256GCM";

hanok_db::text_enum! {
    /// The life of a provider's key.
    pub enum KeyState {
        /// The provider puts it in place.
        Announced = "announced",
        /// In use.
        Active = "active",
        /// Used no more; what was sent under it may still be on its way.
        Retiring = "retiring",
        /// Of no use.
        Retired = "retired",
    }
}

impl KeyState {
    /// What it becomes when it is brought into use; `None` where it is past that.
    pub const fn activated(self) -> Option<Self> {
        match self {
            Self::Announced | Self::Active => Some(Self::Active),
            Self::Retiring | Self::Retired => None,
        }
    }
}

/// A key as it is shown, once.
pub struct CreatedKey {
    /// Its name in every message: `kid`.
    pub kid: String,
    /// What it is now.
    pub state: KeyState,
    /// When it is used at the latest.
    pub activates_at: Timestamp,
    value: Zeroizing<[u8; 32]>,
}

impl CreatedKey {
    /// The value as Base64.
    pub fn base64(&self) -> String {
        base64_encode(self.value.as_slice())
    }

    /// The value as a JWK writes it: base64url.
    pub fn base64url(&self) -> String {
        base64url_encode(self.value.as_slice())
    }
}

impl Identity {
    /// The 256 bits of a key.
    ///
    /// # Errors
    /// Where the sealed value does not open.
    pub fn open_key(&self, key: &KeyRow) -> Result<Zeroizing<[u8; 32]>, Fault> {
        let plain = self.accounts.keys.unseal(place(key.id), &key.value)?;
        let value = <[u8; 32]>::try_from(plain.as_slice());
        value
            .map(Zeroizing::new)
            .map_err(|_| Fault::internal("a provider's key is not 256 bits long"))
    }

    /// Makes the first key of a provider, which is active at once.
    pub(super) async fn first_key(
        &self,
        tx: &mut Tx,
        provider: ProviderId,
        now: Timestamp,
    ) -> Result<CreatedKey, DbError> {
        let (row, key) = self.make_key(provider, KeyState::Active, now, now);
        rows::insert(tx, &row).await?;
        Ok(key)
    }

    /// A new key: what is stored and what is shown.
    fn make_key(
        &self,
        provider: ProviderId,
        state: KeyState,
        activates_at: Timestamp,
        now: Timestamp,
    ) -> (KeyRow, CreatedKey) {
        let id = KeyId::new(&self.accounts.clock, &self.accounts.random);
        let value = Zeroizing::new(self.accounts.random.bytes::<32>());
        let kid = hex_encode(&self.accounts.random.bytes::<8>());
        let row = KeyRow {
            id,
            provider_id: provider,
            key_name: kid.clone(),
            value: self.accounts.keys.seal(place(id), value.as_slice()),
            state,
            created_at: now,
            activates_at,
            retires_at: (state == KeyState::Active).then(|| activates_at.plus(self.key_life())),
            uses: 0,
        };
        (
            row,
            CreatedKey {
                kid,
                state,
                activates_at,
                value,
            },
        )
    }

    /// How long a key is used before it is due.
    fn key_life(&self) -> Duration {
        days(self.config.key_days)
    }

    /// How long a provider has to put a key in place, and to let go of the one before.
    fn key_overlap(&self) -> Duration {
        days(self.config.key_retiring_days)
    }
}

fn days(count: u32) -> Duration {
    Duration::from_hours(24 * u64::from(count))
}

const fn place(id: KeyId) -> Place<'static> {
    Place::new("provider_key", "value", id.uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_into_use_once_and_never_again() {
        assert_eq!(KeyState::Announced.activated(), Some(KeyState::Active));
        assert_eq!(
            KeyState::Active.activated(),
            Some(KeyState::Active),
            "twice is once"
        );
        assert_eq!(KeyState::Retiring.activated(), None);
        assert_eq!(KeyState::Retired.activated(), None);
    }
}
