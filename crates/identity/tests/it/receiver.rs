//! The provider's end: opening what it was told, by the words of RFC 7516 and with none of the program's code.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use hanok_base::encoding::{base64_decode, base64url_decode};
use hanok_testkit::Sink;
use serde_json::Value;

use crate::kit::Shop;

/// A callback, opened.
#[derive(Clone, Debug)]
pub struct Told {
    /// The protected header as it was written.
    pub header: String,
    /// The 96 bits, in their text form.
    pub iv: String,
    /// The encrypted content, in its text form.
    pub ciphertext: String,
    /// What it says.
    pub claims: Value,
}

impl Told {
    /// One claim as text.
    pub fn claim(&self, name: &str) -> &str {
        self.claims[name].as_str().unwrap()
    }

    /// The names of the claims, in the order of the alphabet.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .claims
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names
    }

    /// Which of a provider's keys it was encrypted under.
    pub fn kid(&self) -> String {
        let header: Value = serde_json::from_str(&self.header).unwrap();
        header["kid"].as_str().unwrap().to_owned()
    }
}

/// Opens a compact JWE with a key as it was shown (`{kid, jwk, base64}`); `None` where it does not fit.
pub fn open(key: &Value, jwe: &str) -> Option<Told> {
    let parts: Vec<&str> = jwe.split('.').collect();
    let [header, "", iv, ciphertext, tag] = parts.as_slice() else {
        return None;
    };
    let value = base64_decode(key["base64"].as_str()?)?;
    let nonce = Nonce::try_assume_unique_for_key(&base64url_decode(iv)?).ok()?;
    let mut sealed = [base64url_decode(ciphertext)?, base64url_decode(tag)?].concat();
    let aes = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &value).ok()?);
    let plain = aes
        .open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed)
        .ok()?;
    Some(Told {
        header: String::from_utf8(base64url_decode(header)?).ok()?,
        iv: (*iv).to_owned(),
        ciphertext: (*ciphertext).to_owned(),
        claims: serde_json::from_slice(plain).ok()?,
    })
}

/// Everything a sink was told so far, opened with the shop's first key.
pub fn told(shop: &Shop, sink: &Sink) -> Vec<Told> {
    sink.received()
        .iter()
        .map(|delivery| open(&shop.key, &delivery.body).unwrap())
        .collect()
}

/// The only thing a sink was told.
pub fn told_once(shop: &Shop, sink: &Sink) -> Told {
    let mut told = told(shop, sink);
    assert_eq!(told.len(), 1);
    told.remove(0)
}
