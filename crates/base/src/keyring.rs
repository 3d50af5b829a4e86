//! The key ring: every key of the installation, kept outside the database.
//!
//! Five kinds, each with its own life: **sealing** keys rotate freely (a sealed value names its
//! version); **index** keys make blind indexes and change only by a reindex; the **DI key** never
//! changes; the **audit key** changes at a checkpoint; **token** keys sign while new and verify until
//! their last token ends.

mod cipher;
mod material;
mod open;
mod place;
mod store;
mod token;

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::encoding::hex_encode;
use crate::random::Random;
use crate::secret::hmac_sha256;

use material::Material;
pub use material::{KeyInfo, KeyKind};
pub use open::{RingFault, find_ring, open_ring};
pub use place::Place;
pub use store::KeyRingError;
use store::Source;
pub use token::{TokenKey, TokenVerifier};

/// Why a sealed value does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// The key version that sealed it is not on the ring.
    #[error("no sealing key of version {0} on the ring")]
    UnknownVersion(u32),
    /// Changed, cut short, or moved here from another place.
    #[error("the sealed value is damaged or was sealed for another place")]
    Damaged,
}

/// All keys of one installation. Cloning shares the ring; a rotation is seen by every clone.
#[derive(Clone)]
pub struct KeyRing(Arc<Shared>);

struct Shared {
    source: Source,
    keys: RwLock<Arc<Material>>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyRing")
    }
}

impl KeyRing {
    /// A new ring in memory, with one key of each kind.
    pub fn generate(random: &Random, now: Timestamp) -> Self {
        Self::with(Source::Memory, Material::generate(random, now))
    }

    /// A ring whose first versions are derived from one secret by HKDF-SHA256 (RFC 5869).
    ///
    /// # Errors
    /// When the secret is shorter than 32 bytes.
    pub fn from_secret_key(secret: &str, now: Timestamp) -> Result<Self, KeyRingError> {
        Ok(Self::with(Source::Memory, Material::derive(secret, now)?))
    }

    fn with(source: Source, keys: Material) -> Self {
        Self(Arc::new(Shared {
            source,
            keys: RwLock::new(Arc::new(keys)),
        }))
    }

    fn keys(&self) -> Arc<Material> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals `plain` for `place` with AES-256-GCM under the newest sealing key:
    /// version (4 bytes, big endian) ‖ IV (12) ‖ ciphertext ‖ tag (16).
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        self.keys().newest_sealer().seal(place, plain)
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// [`SealError`], which says nothing of the value.
    pub fn unseal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let version = Self::sealed_version(sealed).ok_or(SealError::Damaged)?;
        if self.keys().sealer(version).is_none() {
            // Another process may have rotated the file since it was read.
            let _ = self.reload();
        }
        let keys = self.keys();
        let sealer = keys
            .sealer(version)
            .ok_or(SealError::UnknownVersion(version))?;
        sealer.unseal(place, sealed)
    }

    /// The key version a sealed value names.
    pub fn sealed_version(sealed: &[u8]) -> Option<u32> {
        sealed
            .first_chunk::<4>()
            .map(|version| u32::from_be_bytes(*version))
    }

    /// Whether this version of the sealing key is on the ring, as far as this process has read it.
    pub fn has_sealing(&self, version: u32) -> bool {
        self.keys().sealer(version).is_some()
    }

    /// Which installation this ring is of: 16 hexadecimal digits, the same for ever and no secret. Made of the DI key,
    /// the only one that never changes, by way of a key of its own.
    pub fn installation(&self) -> String {
        let own = Zeroizing::new(hmac_sha256(self.keys().di(), &[b"hanok installation\0"]));
        let mut name = hex_encode(&hmac_sha256(&*own, &[b"name"]));
        name.truncate(16);
        name
    }

    /// The version that [`seal`](Self::seal) uses now.
    pub fn sealing_version(&self) -> u32 {
        self.keys().newest_sealer().version
    }

    /// The blind index of a normalised value in `column`, under the active index key
    /// (HMAC-SHA256, one key derived per column).
    pub fn blind_index(&self, column: &str, normalised: &str) -> [u8; 32] {
        self.keys().active_index().blind(column, normalised)
    }

    /// The blind indexes under every index key, the active one first: more than one only while a
    /// reindex is under way. Look-ups ask for all, writes store all.
    pub fn blind_indexes(&self, column: &str, normalised: &str) -> Vec<(u32, [u8; 32])> {
        let keys = self.keys();
        keys.indexers()
            .map(|key| (key.version, key.blind(column, normalised)))
            .collect()
    }

    /// HMAC-SHA256 under the DI key, which never changes.
    pub fn di_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_sha256(self.keys().di(), parts)
    }

    /// The version of the audit key in use.
    pub fn audit_version(&self) -> u32 {
        self.keys().newest_audit().0
    }

    /// HMAC-SHA256 under one version of the audit key; `None` when that version is not on the ring.
    pub fn audit_mac(&self, version: u32, parts: &[&[u8]]) -> Option<[u8; 32]> {
        self.keys()
            .audit(version)
            .map(|key| hmac_sha256(key, parts))
    }

    /// The key that signs new tokens.
    pub fn token_key(&self) -> Arc<TokenKey> {
        self.keys().newest_token()
    }

    /// The key of this `kid`, when tokens signed by it may still be alive.
    pub fn token_verifier(&self, kid: &str) -> Option<Arc<TokenKey>> {
        self.keys().token(kid).or_else(|| {
            let _ = self.reload();
            self.keys().token(kid)
        })
    }

    /// What lies on the ring: kinds, versions and ages, never a key.
    pub fn list(&self) -> Vec<KeyInfo> {
        self.keys().list()
    }
}

#[cfg(test)]
mod tests;
