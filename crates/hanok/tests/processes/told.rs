//! What a shop was told, opened.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use hanok_base::encoding::{base64_decode, base64url_decode};
use hanok_testkit::Sink;
use serde_json::Value;

/// The codes that each completed transaction was told with.
pub type Told = BTreeMap<String, BTreeSet<String>>;

/// Everything that `shop` was told of completed transactions at `sink`.
pub fn told(shop: &Value, sink: &Sink) -> Told {
    let mut told = Told::new();
    let deliveries = sink.received().into_iter();
    let claims = deliveries.map(|delivery| open(&shop["key"], &delivery.body));
    for claims in claims.filter(|claims| claims["status"] == "COMPLETED") {
        let word = |name: &str| claims[name].as_str().unwrap_or("null").to_owned();
        let codes = told.entry(word("jti")).or_default();
        codes.insert(word("auth_code"));
    }
    told
}

/// Opens a compact JWE (`dir`, A256GCM).
fn open(key: &Value, jwe: &str) -> Value {
    let parts: Vec<&str> = jwe.split('.').collect();
    let bytes = |part: &str| base64url_decode(part).unwrap();
    let key = base64_decode(key["base64"].as_str().unwrap()).unwrap();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
    let mut text = [bytes(parts[3]), bytes(parts[4])].concat();
    let plain = key
        .open_in_place(nonce, Aad::from(parts[0].as_bytes()), &mut text)
        .unwrap();
    serde_json::from_slice(plain).unwrap()
}
