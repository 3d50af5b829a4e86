//! A paired phone: a P-256 key and the signature over each request, written from the protocol's words
//! (`hanok-device-v1`) and sharing no code with the program.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use hanok_base::Random;
use hanok_base::encoding::{base64url_encode, hex_encode};
use serde_json::{Value, json};

use crate::client::Call;
use crate::site::Site;

/// The four headers of a signed request.
pub type SignatureHeaders = Vec<(&'static str, String)>;

/// A phone. Cloning shares its key.
#[derive(Clone)]
pub struct Phone(Arc<Inner>);

struct Inner {
    site: Site,
    key: EcdsaKeyPair,
    device_id: String,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Phone").field(&self.0.device_id).finish()
    }
}

/// A new P-256 key.
fn new_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a P-256 key")
}

/// The public half as a JWK (RFC 7518, section 6.2.1).
fn jwk(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = point[1..].split_at(32);
    json!({ "kty": "EC", "crv": "P-256", "x": base64url_encode(x), "y": base64url_encode(y) })
}

impl Phone {
    /// The public half of a new key, as a JWK.
    pub fn new_jwk() -> Value {
        jwk(&new_key())
    }

    /// A new phone shows a pairing code over HTTP.
    ///
    /// # Panics
    /// When the code is refused.
    pub async fn pair(site: &Site, pairing_code: &str) -> Self {
        let key = new_key();
        let shown = json!({ "pairing_code": pairing_code, "public_key": jwk(&key), "name": "하늘의 휴대폰" });
        let answer = site
            .client()
            .post("/api/v1/devices/pair")
            .json(shown)
            .await
            .assert_status(201);
        let device_id = answer.body["device_id"].as_str().unwrap().to_owned();
        Self(Arc::new(Inner {
            site: site.clone(),
            key,
            device_id,
        }))
    }

    /// Its id, as `X-Device-Id` carries it.
    pub fn device_id(&self) -> &str {
        &self.0.device_id
    }

    /// A signed `GET path`.
    pub fn get(&self, path: &str) -> Call {
        self.0.site.client().get(path).signed_by(self)
    }

    /// A signed `POST path`.
    pub fn post(&self, path: &str) -> Call {
        self.0.site.client().post(path).signed_by(self)
    }

    /// The headers of a request signed now, with a fresh nonce. `path` is as it is sent, with its query
    /// and its trailing slash.
    pub fn signed(&self, method: &str, path: &str, body: &[u8]) -> SignatureHeaders {
        let now = self.0.site.accounts.clock.now().micros() / 1_000;
        self.signed_with(method, path, body, &now.to_string(), &Self::nonce())
    }

    /// The headers of a request that says it was signed at this time (Unix milliseconds) with this nonce.
    ///
    /// # Panics
    /// When the system gives no random numbers.
    pub fn signed_with(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        time: &str,
        nonce: &str,
    ) -> SignatureHeaders {
        let origin = &self.0.site.accounts.origin;
        let hash = hex_encode(digest(&SHA256, body).as_ref());
        let text = format!("hanok-device-v1\n{origin}\n{method}\n{path}\n{hash}\n{time}\n{nonce}");
        let signature = self
            .0
            .key
            .sign(&SystemRandom::new(), text.as_bytes())
            .expect("a signature");
        vec![
            ("x-device-id", self.0.device_id.clone()),
            ("x-device-time", time.to_owned()),
            ("x-device-nonce", nonce.to_owned()),
            ("x-device-signature", base64url_encode(signature.as_ref())),
        ]
    }

    /// 16 random bytes, base64url.
    pub fn nonce() -> String {
        base64url_encode(&Random::system().bytes::<16>())
    }

    /// The moment `before` or after now as the phone would write it; negative is the past.
    pub fn time(&self, offset_seconds: i64) -> String {
        let now = self.0.site.accounts.clock.now();
        let offset = Duration::from_secs(offset_seconds.unsigned_abs());
        let at = if offset_seconds < 0 {
            now.minus(offset)
        } else {
            now.plus(offset)
        };
        (at.micros() / 1_000).to_string()
    }
}
