//! The keys themselves, as they lie in memory and in the file.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, RandomizedNonceKey};
use aws_lc_rs::hkdf;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::clock::Timestamp;
use crate::encoding::{base64url_decode, base64url_encode};
use crate::random::Random;

use super::Shared;
use super::cipher::{Indexer, Sealer};
use super::store::KeyRingError;
use super::token::TokenKey;

/// The five kinds of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Seals values at rest; rotates freely.
    Sealing,
    /// Makes blind indexes; changes only by a reindex.
    Index,
    /// Makes DI; never changes.
    Di,
    /// Authenticates the audit trail; changes at a checkpoint.
    Audit,
    /// Signs access tokens and makes refresh tokens.
    Token,
}

/// What may be told of a key.
#[derive(Clone, Debug, Serialize)]
pub struct KeyInfo {
    /// Its kind.
    pub kind: KeyKind,
    /// Its version, counted from 1 within its kind.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether new values use it.
    pub active: bool,
}

/// One 256-bit key as the file holds it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredKey {
    pub version: u32,
    pub created_at: Timestamp,
    key: String,
}

impl Drop for StoredKey {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl StoredKey {
    fn new(version: u32, bytes: &[u8; 32], now: Timestamp) -> Self {
        Self {
            version,
            created_at: now,
            key: base64url_encode(bytes),
        }
    }

    fn bytes(&self) -> Result<Zeroizing<[u8; 32]>, KeyRingError> {
        let bytes = base64url_decode(&self.key).map(Zeroizing::new);
        let exact = bytes
            .as_ref()
            .and_then(|bytes| bytes.as_array::<32>().copied());
        exact.map(Zeroizing::new).ok_or(KeyRingError::BadKey {
            version: self.version,
        })
    }
}

/// The ring as the file holds it, the oldest version first in every list.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredRing {
    pub sealing: Vec<StoredKey>,
    pub index: Vec<StoredKey>,
    /// The version of the index key in use: a newer one is being filled by a reindex.
    pub index_active: u32,
    pub di: Vec<StoredKey>,
    pub audit: Vec<StoredKey>,
    pub token: Vec<StoredKey>,
}

impl StoredRing {
    fn of(key: impl Fn(KeyKind) -> StoredKey) -> Self {
        Self {
            sealing: vec![key(KeyKind::Sealing)],
            index: vec![key(KeyKind::Index)],
            index_active: 1,
            di: vec![key(KeyKind::Di)],
            audit: vec![key(KeyKind::Audit)],
            token: vec![key(KeyKind::Token)],
        }
    }

    pub(super) fn kind(&mut self, kind: KeyKind) -> &mut Vec<StoredKey> {
        match kind {
            KeyKind::Sealing => &mut self.sealing,
            KeyKind::Index => &mut self.index,
            KeyKind::Di => &mut self.di,
            KeyKind::Audit => &mut self.audit,
            KeyKind::Token => &mut self.token,
        }
    }

    /// Adds a new key of `kind` and returns its version.
    pub(super) fn add(&mut self, kind: KeyKind, random: &Random, now: Timestamp) -> u32 {
        let keys = self.kind(kind);
        let version = keys
            .iter()
            .map(|key| key.version)
            .max()
            .unwrap_or(0)
            .saturating_add(1);
        keys.push(StoredKey::new(
            version,
            &Zeroizing::new(random.bytes::<32>()),
            now,
        ));
        version
    }
}

/// Every key, ready for use, beside the form it is stored in.
pub(super) struct Material {
    pub stored: StoredRing,
    sealing: Vec<Sealer>,
    index: Vec<Indexer>,
    di: Zeroizing<[u8; 32]>,
    audit: Vec<(u32, Zeroizing<[u8; 32]>)>,
    token: Vec<Arc<TokenKey>>,
}

impl Material {
    pub(super) fn generate(random: &Random, now: Timestamp) -> Self {
        loop {
            let ring = StoredRing::of(|_| StoredKey::new(1, &Zeroizing::new(random.bytes()), now));
            // One in 2³² 32-byte strings is no private key of P-256.
            if let Ok(material) = Self::from_stored(ring) {
                return material;
            }
        }
    }

    pub(super) fn derive(secret: &str, now: Timestamp) -> Result<Self, KeyRingError> {
        if secret.len() < 32 {
            return Err(KeyRingError::SecretTooShort);
        }
        let root =
            hkdf::Salt::new(hkdf::HKDF_SHA256, b"hanok key ring v1").extract(secret.as_bytes());
        let derive = |label: &[u8]| {
            let mut key = Zeroizing::new([0_u8; 32]);
            let filled = root
                .expand(&[label], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut *key));
            filled.map(|()| key).map_err(|_| KeyRingError::Derivation)
        };
        let labels: [&[u8]; 5] = [b"sealing", b"index", b"di", b"audit", b"token"];
        let [sealing, index, di, audit, token] = labels.map(derive);
        let (sealing, index, di, audit, token) = (sealing?, index?, di?, audit?, token?);
        Self::from_stored(StoredRing::of(|kind| {
            let key = match kind {
                KeyKind::Sealing => &sealing,
                KeyKind::Index => &index,
                KeyKind::Di => &di,
                KeyKind::Audit => &audit,
                KeyKind::Token => &token,
            };
            StoredKey::new(1, key, now)
        }))
    }

    pub(super) fn from_stored(stored: StoredRing) -> Result<Self, KeyRingError> {
        let sealing: Result<Vec<_>, KeyRingError> = stored
            .sealing
            .iter()
            .map(|stored| {
                let key = RandomizedNonceKey::new(&AES_256_GCM, &*stored.bytes()?);
                Ok(Sealer {
                    version: stored.version,
                    key: key.map_err(|_| KeyRingError::BadKey {
                        version: stored.version,
                    })?,
                })
            })
            .collect();
        let index: Result<Vec<_>, KeyRingError> = stored
            .index
            .iter()
            .map(|stored| {
                Ok(Indexer {
                    version: stored.version,
                    key: stored.bytes()?,
                })
            })
            .collect();
        let audit: Result<Vec<_>, KeyRingError> = stored
            .audit
            .iter()
            .map(|stored| Ok((stored.version, stored.bytes()?)))
            .collect();
        let token: Result<Vec<_>, KeyRingError> = stored
            .token
            .iter()
            .map(|stored| TokenKey::new(stored.version, &*stored.bytes()?).map(Arc::new))
            .collect();
        let di = stored
            .di
            .first()
            .ok_or(KeyRingError::Missing(KeyKind::Di))?
            .bytes()?;
        let material = Self {
            sealing: sealing?,
            index: index?,
            di,
            audit: audit?,
            token: token?,
            stored,
        };
        material.complete()
    }

    /// Refuses a ring on which a kind is missing, so that the getters below always find one.
    fn complete(self) -> Result<Self, KeyRingError> {
        let missing = [
            (KeyKind::Sealing, self.sealing.is_empty()),
            (
                KeyKind::Index,
                !self
                    .index
                    .iter()
                    .any(|key| key.version == self.stored.index_active),
            ),
            (KeyKind::Audit, self.audit.is_empty()),
            (KeyKind::Token, self.token.is_empty()),
        ];
        match missing.iter().find(|(_, missing)| *missing) {
            Some((kind, _)) => Err(KeyRingError::Missing(*kind)),
            None => Ok(self),
        }
    }

    #[expect(clippy::expect_used, reason = "`complete` refuses a ring without one")]
    pub(super) fn newest_sealer(&self) -> &Sealer {
        self.sealing.last().expect("a ring has a sealing key")
    }

    pub(super) fn sealer(&self, version: u32) -> Option<&Sealer> {
        self.sealing.iter().find(|key| key.version == version)
    }

    #[expect(clippy::expect_used, reason = "`complete` refuses a ring without one")]
    pub(super) fn active_index(&self) -> &Indexer {
        self.indexers()
            .next()
            .expect("a ring has an active index key")
    }

    /// Index keys, the active one first; those before it are of the past and left out.
    pub(super) fn indexers(&self) -> impl Iterator<Item = &Indexer> {
        self.index
            .iter()
            .filter(|key| key.version >= self.stored.index_active)
    }

    pub(super) fn di(&self) -> &[u8; 32] {
        &self.di
    }

    #[expect(clippy::expect_used, reason = "`complete` refuses a ring without one")]
    pub(super) fn newest_audit(&self) -> (u32, &[u8; 32]) {
        self.audit
            .last()
            .map(|(version, key)| (*version, &**key))
            .expect("a ring has an audit key")
    }

    pub(super) fn audit(&self, version: u32) -> Option<&[u8; 32]> {
        self.audit
            .iter()
            .find(|(own, _)| *own == version)
            .map(|(_, key)| &**key)
    }

    #[expect(clippy::expect_used, reason = "`complete` refuses a ring without one")]
    pub(super) fn newest_token(&self) -> Arc<TokenKey> {
        self.token
            .last()
            .map(Arc::clone)
            .expect("a ring has a token key")
    }

    pub(super) fn token(&self, kid: &str) -> Option<Arc<TokenKey>> {
        self.token
            .iter()
            .find(|key| key.kid() == kid)
            .map(Arc::clone)
    }

    pub(super) fn list(&self) -> Vec<KeyInfo> {
        let kinds = [
            (KeyKind::Sealing, &self.stored.sealing),
            (KeyKind::Index, &self.stored.index),
            (KeyKind::Di, &self.stored.di),
            (KeyKind::Audit, &self.stored.audit),
            (KeyKind::Token, &self.stored.token),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, keys)| {
                let newest = keys.last().map(|key| key.version);
                let active = if kind == KeyKind::Index {
                    Some(self.stored.index_active)
                } else {
                    newest
                };
                keys.iter().map(move |key| KeyInfo {
                    kind,
                    version: key.version,
                    created_at: key.created_at,
                    active: Some(key.version) == active,
                })
            })
            .collect()
    }
}

impl Shared {
    /// Puts other keys in place for every holder of the ring.
    pub(super) fn replace(&self, keys: Material) {
        *self
            .keys
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(keys);
    }
}
