//! Opening the encrypted answer as the provider guide says, and telling what the shop learned.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use hanok_accounts::command::Failure;
use hanok_base::encoding::{base64_decode, base64url_decode};
use serde_json::Value;

use super::paint::Paint;
use crate::shop::DemoFile;

/// What the shop was told.
pub(super) struct Told(Value);

/// Opens a compact JWE (`dir`, `A256GCM`) with the shop's key and checks for whom and for what it is.
pub(super) fn open(jwe: &str, file: &DemoFile, transaction_id: &str) -> Result<Told, Failure> {
    let claims = decrypt(jwe, file)
        .ok_or_else(|| Failure::failed("the answer does not open with the shop's key"))?;
    let is =
        |name: &str, expected: &str| claims.get(name).and_then(Value::as_str) == Some(expected);
    let fresh = claims
        .get("exp")
        .and_then(Value::as_i64)
        .is_some_and(|exp| exp >= super::now().seconds());
    if is("aud", &file.client_id) && is("jti", transaction_id) && fresh {
        return Ok(Told(claims));
    }
    Err(Failure::failed(
        "the answer is for somebody else, for another request, or too old",
    ))
}

fn decrypt(jwe: &str, file: &DemoFile) -> Option<Value> {
    let [head, "", iv, text, tag] = *jwe.split('.').collect::<Vec<_>>() else {
        return None;
    };
    let header: Value = serde_json::from_slice(&base64url_decode(head)?).ok()?;
    let is =
        |name: &str, expected: &str| header.get(name).and_then(Value::as_str) == Some(expected);
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

const MEANINGS: [(&str, &str); 8] = [
    ("status", "the person approved"),
    ("jti", "the request it answers"),
    ("state", "what the shop sent along"),
    ("di", "DI: this person at this shop, the same the next time"),
    (
        "ci",
        "CI: this person everywhere; only for an entitled provider",
    ),
    ("ci_synthetic", "of the demo: nobody issued this CI"),
    ("auth_code", "a code of one use"),
    ("completed_at", "when"),
];

/// Tells what the shop finds in the answer.
pub(super) fn show(paint: &Paint, told: &Told) {
    paint.came("decrypted with the shop's key (AES-256-GCM); the shop learns:");
    for (name, meaning) in MEANINGS {
        if let Some(value) = told.0.get(name) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            paint.meaning(name, &value, meaning);
        }
    }
}
