//! A paired phone's signature over one request (identity.md, "A paired phone").

use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use hanok_base::Timestamp;
use hanok_base::encoding::{base64url_decode, hex_encode};
use hanok_base::secret::sha256;
use hanok_web::{DeviceCaller, RequestHead};

use super::authenticate::locale;
use crate::account::AccountStatus;
use crate::context::Accounts;
use crate::device::{DeviceId, store};
use crate::fault::Fault;

/// The bytes of a nonce.
pub const NONCE_BYTES: usize = 16;

/// What a phone signs.
pub fn signed_text(
    origin: &str,
    method: &str,
    target: &str,
    body_sha256: &[u8; 32],
    time: &str,
    nonce: &str,
) -> String {
    let body = hex_encode(body_sha256);
    format!("hanok-device-v1\n{origin}\n{method}\n{target}\n{body}\n{time}\n{nonce}")
}

impl Accounts {
    /// The phone behind a signed request. Its nonce is recorded later, in the unit of the effect.
    pub(super) async fn authenticate_device(
        &self,
        head: &RequestHead<'_>,
    ) -> Result<DeviceCaller, Fault> {
        let header = |name| {
            head.header(name)
                .ok_or(Fault::InvalidDevice("a header is missing"))
        };
        let (id, time, nonce, signature) = (
            header("x-device-id")?,
            header("x-device-time")?,
            header("x-device-nonce")?,
            header("x-device-signature")?,
        );
        let id: DeviceId = id.parse().map_err(|_| Fault::InvalidDevice("the id"))?;
        let signed_at = self.signed_at(time, head.now)?;
        let raw_nonce = base64url_decode(nonce).filter(|nonce| nonce.len() == NONCE_BYTES);
        raw_nonce.ok_or(Fault::InvalidDevice("the nonce"))?;
        let signature = base64url_decode(signature).ok_or(Fault::InvalidDevice("the signature"))?;
        let row = self
            .db
            .read(async move |conn| store::live(conn, id).await)
            .await?;
        let row = row.ok_or(Fault::InvalidDevice("unknown or revoked"))?;
        let body = head.body_sha256.unwrap_or_else(|| sha256(b""));
        let text = signed_text(
            &self.origin,
            head.method.as_str(),
            head.target,
            &body,
            time,
            nonce,
        );
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &row.public_key)
            .verify(text.as_bytes(), &signature)
            .map_err(|_| Fault::InvalidDevice("the signature"))?;
        if row.status != AccountStatus::Active {
            return Err(Fault::InvalidDevice("the account is not active"));
        }
        Ok(DeviceCaller {
            account: row.account_id,
            device: id.uuid(),
            version: row.version,
            nonce: nonce.to_owned(),
            signed_at,
            locale: row.locale.as_deref().and_then(locale),
        })
    }

    /// The moment a phone says it signed, within the allowed difference of the clocks.
    fn signed_at(&self, time: &str, now: Timestamp) -> Result<Timestamp, Fault> {
        let digits = time.len() <= 15 && time.bytes().all(|byte| byte.is_ascii_digit());
        let millis: i64 = digits
            .then(|| time.parse().ok())
            .flatten()
            .ok_or(Fault::InvalidDevice("the time"))?;
        let at = Timestamp::from_micros(millis.saturating_mul(1_000));
        let allowed = Duration::from_secs(u64::from(self.config.device_clock_seconds));
        let off = at.since(now).max(now.since(at));
        (off <= allowed)
            .then_some(at)
            .ok_or(Fault::InvalidDevice("the time"))
    }
}
