//! Opening the encrypted answer as the provider guide says.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use hanok_base::Timestamp;
use hanok_base::encoding::{base64_decode, base64url_decode};
use serde_json::Value;

use crate::shop::DemoFile;

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotOurs {
    /// The key does not fit, or it is no answer at all.
    #[error("the answer does not open with the shop's key")]
    Sealed,
    /// Its claims.
    #[error("the answer is for somebody else, for another request, or too old")]
    Foreign,
}

/// Opens a compact JWE (`dir`, `A256GCM`) with the shop's key and checks for whom it is.
pub(crate) fn open(jwe: &str, file: &DemoFile, now: Timestamp) -> Result<Value, NotOurs> {
    let claims = decrypt(jwe, file).ok_or(NotOurs::Sealed)?;
    let is_fresh = claims
        .get("exp")
        .and_then(Value::as_i64)
        .is_some_and(|exp| exp >= now.seconds());
    if claim(&claims, "aud") == Some(&file.client_id) && is_fresh {
        return Ok(claims);
    }
    Err(NotOurs::Foreign)
}

/// Opens it and checks that it answers this request.
pub(crate) fn open_for(
    transaction_id: &str,
    jwe: &str,
    file: &DemoFile,
    now: Timestamp,
) -> Result<Value, NotOurs> {
    let claims = open(jwe, file, now)?;
    if claim(&claims, "jti") == Some(transaction_id) {
        return Ok(claims);
    }
    Err(NotOurs::Foreign)
}

/// A claim that is a text.
pub(crate) fn claim<'a>(claims: &'a Value, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn decrypt(jwe: &str, file: &DemoFile) -> Option<Value> {
    let [head, "", iv, text, tag] = *jwe.split('.').collect::<Vec<_>>() else {
        return None;
    };
    let header: Value = serde_json::from_slice(&base64url_decode(head)?).ok()?;
    let is = |name: &str, expected: &str| claim(&header, name) == Some(expected);
    if !is("alg", "dir") || !is("enc", "A256GCM") || !is("kid", &file.key.kid) {
        return None;
    }
    let key = RandomizedNonceKey::new(&AES_256_GCM, &base64_decode(&file.key.base64)?).ok()?;
    let nonce = Nonce::try_assume_unique_for_key(&base64url_decode(iv)?).ok()?;
    let mut sealed = [base64url_decode(text)?, base64url_decode(tag)?].concat();
    let plain = key
        .open_in_place(nonce, Aad::from(head), &mut sealed)
        .ok()?;
    serde_json::from_slice(plain).ok()
}
