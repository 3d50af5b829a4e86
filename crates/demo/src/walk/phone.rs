//! The person's phone: a P-256 key that signs each message it sends.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use hanok_accounts::command::Failure;
use hanok_accounts::session::device::{NONCE_BYTES, signed_text};
use hanok_base::Random;
use hanok_base::encoding::base64url_encode;
use hanok_base::secret::sha256;
use reqwest::Method;
use serde_json::{Value, json};

use super::shop::Asked;
use super::wire::{Message, Reply, Wire, text};
use crate::people::Person;

/// What the phone calls itself; one that an interrupted walk left is let go by the next.
const NAME: &str = "hanok demo walk";

/// A paired phone, and the session that paired it.
pub(super) struct Phone {
    key: EcdsaKeyPair,
    device_id: String,
    origin: String,
    bearer: String,
}

impl Phone {
    /// Signs in as the person, makes a key and pairs it.
    pub(super) async fn pair(wire: &Wire, origin: &str, person: &Person) -> Result<Self, Failure> {
        let login = json!({ "username": person.username, "password": person.password });
        let message = Message::new(Method::POST, "/api/v1/auth/login/").json(login);
        let session = wire.send(&message).await?.expect(200)?;
        let bearer = format!("Bearer {}", text(&session, "access_token")?);
        let mut phone = Self {
            key: new_key()?,
            device_id: String::new(),
            origin: origin.to_owned(),
            bearer,
        };
        phone.let_earlier_ones_go(wire).await?;
        let start = phone
            .signed_in(Method::POST, "/api/v1/me/devices/")
            .json(json!({ "password": person.password }));
        let code = text(&wire.send(&start).await?.expect(201)?, "pairing_code")?;
        let pair = json!({ "pairing_code": code, "public_key": phone.jwk(), "name": NAME });
        let paired = wire
            .send(&Message::new(Method::POST, "/api/v1/devices/pair/").json(pair))
            .await?
            .expect(201)?;
        phone.device_id = text(&paired, "device_id")?;
        Ok(phone)
    }

    fn signed_in(&self, method: Method, path: impl Into<String>) -> Message {
        Message::new(method, path).header("Authorization", &self.bearer)
    }

    async fn let_earlier_ones_go(&self, wire: &Wire) -> Result<(), Failure> {
        let devices = wire
            .quietly(&self.signed_in(Method::GET, "/api/v1/me/devices/"))
            .await?
            .expect(200)?;
        let devices = devices
            .get("devices")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for device in devices
            .iter()
            .filter(|device| device.get("name").and_then(Value::as_str) == Some(NAME))
        {
            let id = device
                .get("id")
                .or_else(|| device.get("device_id"))
                .and_then(Value::as_str)
                .unwrap_or_default();
            wire.quietly(&self.signed_in(Method::DELETE, format!("/api/v1/me/devices/{id}/")))
                .await?
                .expect(204)?;
        }
        Ok(())
    }

    fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = point
            .get(1..)
            .unwrap_or_default()
            .split_at_checked(32)
            .unwrap_or_default();
        json!({ "kty": "EC", "crv": "P-256", "x": base64url_encode(x), "y": base64url_encode(y) })
    }

    /// Adds the phone's signature over the message.
    fn sign(&self, message: Message) -> Result<Message, Failure> {
        let time = (super::now().micros() / 1_000).to_string();
        let nonce = base64url_encode(&Random::system().bytes::<NONCE_BYTES>());
        let body = sha256(message.text().as_bytes());
        let signed = signed_text(
            &self.origin,
            message.method.as_str(),
            &message.path,
            &body,
            &time,
            &nonce,
        );
        let signature = self
            .key
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(Failure::failed)?;
        Ok(message
            .header("X-Device-Id", &self.device_id)
            .header("X-Device-Time", time)
            .header("X-Device-Nonce", nonce)
            .header("X-Device-Signature", base64url_encode(signature.as_ref())))
    }

    /// Looks what waits, and finds the request.
    pub(super) async fn look(&self, wire: &Wire, transaction_id: &str) -> Result<(), Failure> {
        let message = self.sign(Message::new(Method::GET, "/api/v1/auth/pending/"))?;
        let answer = wire.send(&message).await?.expect(200)?;
        let requests = answer
            .get("requests")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let is_ours = |request: &Value| {
            request.get("transaction_id").and_then(Value::as_str) == Some(transaction_id)
        };
        let found = requests.iter().any(is_ours);
        found
            .then_some(())
            .ok_or_else(|| Failure::failed("the request does not wait on the phone"))
    }

    /// Approves with the number that the shop shows and the PIN.
    pub(super) async fn confirm(
        &self,
        wire: &Wire,
        asked: &Asked,
        pin: &str,
    ) -> Result<Reply, Failure> {
        let body = json!({ "transaction_id": asked.transaction_id, "pin_code": pin, "binding_code": asked.binding_code });
        wire.send(&self.sign(Message::new(Method::POST, "/api/v1/auth/confirm/").json(body))?)
            .await
    }

    /// Lets the phone go.
    pub(super) async fn release(&mut self, wire: &Wire) -> Result<(), Failure> {
        let path = format!("/api/v1/me/devices/{}/", self.device_id);
        wire.send(&self.signed_in(Method::DELETE, path))
            .await?
            .expect(204)?;
        Ok(())
    }
}

fn new_key() -> Result<EcdsaKeyPair, Failure> {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(Failure::failed)
}
