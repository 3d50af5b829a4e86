//! Who may take a seat: asked of the same authenticators as a request's caller.

use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use hanok_base::Clock;
use hanok_base::secret::sha256;
use serde_json::Value;

use super::seat::Seat;
use crate::codes;
use crate::config::Settings;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::principal::{Authenticate, Denials, Principal, RequestHead};
use crate::stack::is_ours;

/// What a phone signs instead of a request's method and path.
const METHOD: &[u8] = b"CONNECT";
const TARGET: &str = "/socket.io/";

/// The refusal of a credential that is none, or of none at all.
const UNAUTHORIZED: &str = "unauthorized";
/// The refusal of a browser whose session has ended.
const SESSION_ENDED: &str = "session_ended";
/// The refusal of more sockets than one person may have.
pub(super) const TOO_MANY: &str = "too_many_sockets";

/// What decides who may take a seat.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) authenticators: Vec<Arc<dyn Authenticate>>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    /// Who hears of rooms that were asked for and refused.
    pub(crate) denials: Option<Arc<dyn Denials>>,
}

/// A credential, as the headers a request would carry it in, and what its refusal means.
struct Credential {
    headers: HeaderMap,
    refusal: &'static str,
}

impl Admission {
    /// Who opened a connection, by what it sent now and what its first request carried.
    pub(super) async fn seat(
        &self,
        parts: &Parts,
        auth: &Value,
    ) -> Result<(Seat, Principal), &'static str> {
        let exchange = Exchange::of(&parts.extensions).map_err(|error| fault(&error))?;
        let credential = self.credential(parts, auth).ok_or(UNAUTHORIZED)?;
        let method = Method::from_bytes(METHOD).map_err(|_| UNAUTHORIZED)?;
        let head = RequestHead {
            method: &method,
            target: TARGET,
            headers: &credential.headers,
            address: exchange.address,
            agent: &exchange.agent,
            request_id: &exchange.request_id,
            now: self.clock.now(),
            body_sha256: Some(sha256(b"")),
        };
        for authenticator in &self.authenticators {
            match authenticator.authenticate(head).await {
                Ok(principal) => {
                    if let Some(seat) = Seat::of(&principal) {
                        return Ok((seat, principal));
                    }
                }
                Err(refused) if refused.status().is_server_error() => return Err(fault(&refused)),
                Err(_) => return Err(credential.refusal),
            }
        }
        Err(credential.refusal)
    }

    /// Records the phone's signature, so that it counts once.
    pub(super) async fn record(&self, principal: &Principal) -> Result<(), &'static str> {
        let Principal::Device(phone) = principal else {
            return Ok(());
        };
        for authenticator in &self.authenticators {
            let recorded = authenticator.record(phone, self.clock.now()).await;
            recorded.map_err(|error| match error.status() {
                StatusCode::UNAUTHORIZED => UNAUTHORIZED,
                _ => fault(&error),
            })?;
        }
        Ok(())
    }

    /// Whether a seat may be kept, by what the store says now.
    pub(super) async fn may_stay(&self, seat: &Seat) -> Result<bool, Error> {
        for authenticator in &self.authenticators {
            if !authenticator.may_stay(seat, self.clock.now()).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Asks [`may_stay`](Self::may_stay) of a seat that was just taken.
    pub(super) async fn stays(&self, seat: &Seat) -> Result<(), &'static str> {
        let stays = self.may_stay(seat).await.map_err(|error| fault(&error))?;
        stays.then_some(()).ok_or(SESSION_ENDED)
    }

    /// Puts it on the record that somebody asked for rooms that are not theirs.
    pub(super) async fn record_refused(
        &self,
        parts: &Parts,
        principal: Principal,
        rooms: &[String],
    ) {
        let Some(denials) = self.denials.as_ref().filter(|_| !rooms.is_empty()) else {
            return;
        };
        let (Ok(exchange), Ok(method)) =
            (Exchange::of(&parts.extensions), Method::from_bytes(METHOD))
        else {
            return;
        };
        let ctx = Ctx {
            principal,
            now: self.clock.now(),
            ..exchange.ctx()
        };
        let asked = format!("{TARGET} {}", rooms.join(" "));
        denials.denied(ctx, method, asked).await;
    }

    /// The one credential that counts: what was sent with the packet, else the cookies of one of our pages.
    fn credential(&self, parts: &Parts, auth: &Value) -> Option<Credential> {
        let mut headers = HeaderMap::new();
        let mut refusal = UNAUTHORIZED;
        match (auth.get("token"), auth.get("device")) {
            (Some(Value::String(token)), _) => {
                headers.insert(AUTHORIZATION, secret(&["Bearer ", token].concat())?);
            }
            (_, Some(device @ Value::Object(_))) => signature(device, &mut headers)?,
            _ if is_ours(&parts.headers, &parts.uri, &self.settings) => {
                for cookies in parts.headers.get_all(COOKIE) {
                    headers.append(COOKIE, cookies.clone());
                }
                headers.insert(BACKGROUND, HeaderValue::from_static("1"));
                if has_session(&headers) {
                    refusal = SESSION_ENDED;
                }
            }
            _ => return None,
        }
        Some(Credential { headers, refusal })
    }
}

const BACKGROUND: HeaderName = HeaderName::from_static("x-hanok-background");
const DEVICE: [(&str, HeaderName); 4] = [
    ("id", HeaderName::from_static("x-device-id")),
    ("time", HeaderName::from_static("x-device-time")),
    ("nonce", HeaderName::from_static("x-device-nonce")),
    ("signature", HeaderName::from_static("x-device-signature")),
];

/// A phone's signature as the headers of a signed request.
fn signature(device: &Value, headers: &mut HeaderMap) -> Option<()> {
    for (key, name) in DEVICE {
        let value = match device.get(key)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        headers.insert(name, secret(&value)?);
    }
    Some(())
}

fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Whether a browser session's cookie is among these.
fn has_session(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    pairs.any(|pair| {
        let name = pair.split('=').next().unwrap_or_default().trim();
        name == "hanok_session" || name == "__Host-hanok_session"
    })
}

/// A fault of ours, logged once; the client is told its code and tries again.
pub(super) fn fault(error: &Error) -> &'static str {
    tracing::error!(failed = %error, "a socket could not be let in");
    match error.code() {
        code if code == codes::BUSY => codes::BUSY.name,
        _ => codes::UNAVAILABLE.name,
    }
}
