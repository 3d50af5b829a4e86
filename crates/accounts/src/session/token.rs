//! Access tokens: JWT (RFC 7519) signed with ES256, of the type `at+jwt` (RFC 9068).
//!
//! They name session and account version and no permissions: what a person may do is read, not carried.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_base::secret::sha256;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};

use super::read_tokens::Said;
use super::store::SessionId;
use crate::AccountId;
use crate::context::Accounts;
use crate::fault::Fault;

/// Whom the tokens are for.
const AUDIENCE: &str = "hanok";
/// The type in the header.
const TYPE: &str = "at+jwt";

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: AccountId,
    sid: SessionId,
    ver: i64,
    iat: i64,
    exp: i64,
    jti: String,
}

impl Accounts {
    pub(super) fn sign_access_token(
        &self,
        account: AccountId,
        session: SessionId,
        version: i64,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let key = self.keys.token_key();
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(key.kid().to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        let life = i64::from(self.config.access_token_minutes) * 60;
        let claims = Claims {
            iss: self.origin.clone(),
            aud: AUDIENCE.to_owned(),
            sub: account,
            sid: session,
            ver: version,
            iat: now.seconds(),
            exp: now.seconds() + life,
            jti: hanok_base::encoding::base64url_encode(&self.random.bytes::<16>()),
        };
        encode(
            &header,
            &claims,
            &EncodingKey::from_ec_der(key.private_pkcs8()),
        )
        .map_err(|error| Fault::Internal(format!("signing a token: {error}")))
    }

    /// What a token says, where we signed it and its time has not passed. Its signature is verified once: the same
    /// bytes stay signed for as long as their key counts.
    pub(super) fn read_access_token(&self, token: &str, now: Timestamp) -> Option<Said> {
        let hash = sha256(token.as_bytes());
        let is_alive = |said: &Said| said.exp > now.seconds();
        let counts = |said: &Said| self.keys.token_verifier(&said.kid).is_some();
        if let Some(said) = self.read_tokens.get(&hash).filter(counts) {
            return Some(said).filter(is_alive);
        }
        let said = self.verify_access_token(token).filter(is_alive)?;
        self.read_tokens.keep(hash, said.clone(), now);
        Some(said)
    }

    fn verify_access_token(&self, token: &str) -> Option<Said> {
        let header = decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let kid = header.kid?;
        let key = self.keys.token_verifier(&kid)?;
        let verifier = key.verifier();
        let key = DecodingKey::from_ec_components(&verifier.x, &verifier.y).ok()?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.origin]);
        // The time is checked by the program's clock.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, &key, &rules).ok()?.claims;
        Some(Said {
            sub: claims.sub,
            sid: claims.sid,
            ver: claims.ver,
            exp: claims.exp,
            kid: kid.into(),
        })
    }

    pub(super) fn access_token_life(&self) -> Duration {
        crate::config::minutes(self.config.access_token_minutes)
    }
}
