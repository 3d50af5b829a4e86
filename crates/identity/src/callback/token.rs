//! The compact JWE (RFC 7516) with `dir` and `A256GCM` (RFC 7518) in which everything is told.

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use hanok_base::encoding::base64url_encode;
use serde::Serialize;
use zeroize::Zeroizing;

/// The protected header; its field order is the order on the wire.
#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    enc: &'static str,
    kid: &'a str,
    typ: &'static str,
}

/// Why no JWE was made; says nothing of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenFault {
    /// The content or the header is no JSON.
    #[error("the payload cannot be written as JSON")]
    Json,
    /// The key has not 256 bits.
    #[error("the provider's key has not 256 bits")]
    Key,
    /// AES-GCM refused.
    #[error("the payload cannot be encrypted")]
    Encrypt,
}

/// Encrypts `plain`, in its own memory, under the 256-bit `key` that the receiver knows as `kid`.
/// aws-lc draws a fresh random IV of 96 bits within each call, so none can be used twice.
pub(super) fn encrypt(
    kid: &str,
    key: &[u8],
    mut plain: Zeroizing<Vec<u8>>,
) -> Result<String, TokenFault> {
    let header = Header {
        alg: "dir",
        enc: "A256GCM",
        kid,
        typ: "JWT",
    };
    let header = base64url_encode(&serde_json::to_vec(&header).map_err(|_| TokenFault::Json)?);
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| TokenFault::Key)?;
    let sealed = key.seal_in_place_append_tag(Aad::from(header.as_bytes()), &mut *plain);
    let iv = sealed.map_err(|_| TokenFault::Encrypt)?;
    let (text, tag) = plain.split_last_chunk::<16>().ok_or(TokenFault::Encrypt)?;
    let [iv, text, tag] = [iv.as_ref(), text, tag].map(base64url_encode);
    // With `dir` there is no encrypted key: its part is empty.
    Ok(format!("{header}..{iv}.{text}.{tag}"))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::aead::{LessSafeKey, Nonce, UnboundKey};
    use hanok_base::encoding::base64url_decode;
    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    /// A receiver's way, as the provider guide describes it: split, decode, open with the sent header as
    /// associated data.
    fn open(jwe: &str, key: &[u8; 32]) -> Option<Vec<u8>> {
        let parts: Vec<&str> = jwe.split('.').collect();
        let [header, "", iv, text, tag] = parts.as_slice() else {
            return None;
        };
        let iv = Nonce::try_assume_unique_for_key(&base64url_decode(iv)?).ok()?;
        let tag = base64url_decode(tag).filter(|tag| tag.len() == 16)?;
        let mut sealed = [base64url_decode(text)?, tag].concat();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
        key.open_in_place(iv, Aad::from(header.as_bytes()), &mut sealed)
            .ok()
            .map(|plain| plain.to_vec())
    }

    fn made(plain: &[u8]) -> String {
        encrypt("k-1", &KEY, Zeroizing::new(plain.to_vec())).unwrap()
    }

    #[test]
    fn a_receiver_opens_what_was_made() {
        assert_eq!(
            open(&made(b"{\"di\":\"x\"}"), &KEY).unwrap(),
            b"{\"di\":\"x\"}"
        );
        assert_eq!(open(&made(b"{}"), &[8; 32]), None);
    }

    /// Made with Python: `base64.urlsafe_b64encode(b'{"alg":"dir","enc":"A256GCM","kid":"k-1","typ":"JWT"}')`.
    #[test]
    fn the_header_is_these_bytes() {
        let jwe = made(b"{}");
        let parts: Vec<&str> = jwe.split('.').collect();
        assert_eq!(
            parts[0],
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiay0xIiwidHlwIjoiSldUIn0"
        );
        assert_eq!(
            (parts.len(), parts[1], parts[2].len(), parts[4].len()),
            (5, "", 16, 22)
        );
    }

    #[test]
    fn no_iv_and_no_ciphertext_comes_twice() {
        let ivs: std::collections::HashSet<String> = (0..1_000)
            .map(|_| made(b"same").split('.').nth(2).unwrap().to_owned())
            .collect();
        assert_eq!(ivs.len(), 1_000);
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for length in [0, 16, 31, 33] {
            let fault = encrypt("k", &vec![1; length], Zeroizing::new(b"{}".to_vec())).unwrap_err();
            assert_eq!(fault, TokenFault::Key, "{length}");
        }
    }

    proptest! {
        #[test]
        fn any_payload_survives(plain in proptest::collection::vec(any::<u8>(), 0..2_000), key: [u8; 32], kid in "\\PC{0,40}") {
            let jwe = encrypt(&kid, &key, Zeroizing::new(plain.clone())).unwrap();
            prop_assert_eq!(open(&jwe, &key), Some(plain));
        }

        #[test]
        fn a_jwe_with_any_bit_changed_does_not_open(at: prop::sample::Index, bit in 0..8_u32, plain in "\\PC{0,200}") {
            let jwe = made(plain.as_bytes());
            let mut bytes = jwe.into_bytes();
            let place = at.index(bytes.len());
            bytes[place] ^= 1 << bit;
            let opened = std::str::from_utf8(&bytes).ok().and_then(|changed| open(changed, &KEY));
            prop_assert_eq!(opened, None);
        }
    }
}
