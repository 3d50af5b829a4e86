//! Keys ready for use: sealing values and making blind indexes.

use aws_lc_rs::aead::{Aad, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use crate::secret::hmac_sha256;

use super::SealError;
use super::place::Place;

/// One version of the sealing key, ready for use.
pub(super) struct Sealer {
    pub version: u32,
    pub(super) key: RandomizedNonceKey,
}

impl Sealer {
    #[expect(
        clippy::panic,
        reason = "AES-GCM refuses only texts of 64 GiB and more"
    )]
    pub(super) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let mut text = plain.to_vec();
        let aad = Aad::from(place.associated_data());
        let Ok(nonce) = self.key.seal_in_place_append_tag(aad, &mut text) else {
            panic!("the value is too long to seal");
        };
        let mut sealed = Vec::with_capacity(16 + text.len());
        sealed.extend_from_slice(&self.version.to_be_bytes());
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&text);
        sealed
    }

    pub(super) fn unseal(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, text) = sealed
            .get(4..)
            .and_then(|rest| rest.split_at_checked(12))
            .ok_or(SealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Damaged)?;
        let mut text = Zeroizing::new(text.to_vec());
        let aad = Aad::from(place.associated_data());
        let length = self
            .key
            .open_in_place(nonce, aad, &mut text)
            .map_err(|_| SealError::Damaged)?
            .len();
        text.truncate(length);
        Ok(text)
    }
}

/// One version of the index key, ready for use.
pub(super) struct Indexer {
    pub version: u32,
    pub(super) key: Zeroizing<[u8; 32]>,
}

impl Indexer {
    pub(super) fn blind(&self, column: &str, normalised: &str) -> [u8; 32] {
        let column_key = Zeroizing::new(hmac_sha256(
            &*self.key,
            &[b"hanok blind index\0", column.as_bytes()],
        ));
        hmac_sha256(&*column_key, &[normalised.as_bytes()])
    }
}
