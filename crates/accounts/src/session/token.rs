//! Access tokens: JWT (RFC 7519) signed with ES256, of the type `at+jwt` (RFC 9068).
//!
//! They name session and account version and no permissions: what a person may do is read, not carried.

use std::time::Duration;

use hanok_base::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};

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
pub(super) struct Claims {
    iss: String,
    aud: String,
    pub sub: AccountId,
    pub sid: SessionId,
    pub ver: i64,
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

    /// What a token says, where we signed it and its time has not passed.
    pub(super) fn read_access_token(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let header = decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let key = self.keys.token_verifier(&header.kid?)?;
        let verifier = key.verifier();
        let key = DecodingKey::from_ec_components(&verifier.x, &verifier.y).ok()?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.origin]);
        // The time is checked below, by the program's clock.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, &key, &rules).ok()?.claims;
        (claims.exp > now.seconds()).then_some(claims)
    }

    pub(super) fn access_token_life(&self) -> Duration {
        crate::config::minutes(self.config.access_token_minutes)
    }
}
