//! The key of access and refresh tokens: an ES256 pair and an HMAC key from one 256-bit seed.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use crate::encoding::{base64url_encode, hex_encode};
use crate::secret::{hmac_sha256, sha256};

use super::store::KeyRingError;

/// One version of the token key.
pub struct TokenKey {
    kid: String,
    private_pkcs8: Zeroizing<Vec<u8>>,
    verifier: TokenVerifier,
    refresh: Zeroizing<[u8; 32]>,
}

/// The public half, as JWK coordinates (RFC 7518, section 6.2.1).
#[derive(Clone, Debug)]
pub struct TokenVerifier {
    /// base64url of the x coordinate.
    pub x: String,
    /// base64url of the y coordinate.
    pub y: String,
}

impl TokenKey {
    pub(super) fn new(version: u32, seed: &[u8; 32]) -> Result<Self, KeyRingError> {
        let bad = || KeyRingError::BadKey { version };
        let scalar = Zeroizing::new(hmac_sha256(seed, &[b"hanok token signing"]));
        let pair = EcdsaKeyPair::from_private_key_der(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &ec_private_key(&scalar),
        )
        .map_err(|_| bad())?;
        let point = pair.public_key().as_ref();
        let (x, y) = point
            .get(1..)
            .and_then(|point| point.split_at_checked(32))
            .ok_or_else(bad)?;
        Ok(Self {
            kid: format!(
                "t{version}-{}",
                hex_encode(sha256(point).get(..4).unwrap_or_default())
            ),
            private_pkcs8: Zeroizing::new(pair.to_pkcs8v1().map_err(|_| bad())?.as_ref().to_vec()),
            verifier: TokenVerifier {
                x: base64url_encode(x),
                y: base64url_encode(y),
            },
            refresh: Zeroizing::new(hmac_sha256(seed, &[b"hanok refresh tokens"])),
        })
    }

    /// The id that tokens carry in their header: version and a piece of the public key's digest.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The private key as PKCS#8 v1 (RFC 5208).
    pub fn private_pkcs8(&self) -> &[u8] {
        &self.private_pkcs8
    }

    /// The public key.
    pub const fn verifier(&self) -> &TokenVerifier {
        &self.verifier
    }

    /// HMAC-SHA256 under the refresh key.
    pub fn refresh_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_sha256(&*self.refresh, parts)
    }
}

/// An `ECPrivateKey` (RFC 5915) over P-256 without its optional public key.
fn ec_private_key(scalar: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    let head = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
    let curve = [
        0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ];
    Zeroizing::new([&head[..], scalar, &curve].concat())
}
