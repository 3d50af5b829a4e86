//! The demo provider's own receiver: keeps what it got, still encrypted, for `GET /dev/callbacks`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::routing::{get, post};
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Json, Routes, codes};
use serde::Serialize;

/// How many callbacks are kept.
const KEPT: usize = 100;
/// No callback of ours comes near this length, in bytes.
const LONGEST: usize = 16 * 1024;

/// A callback as it came.
#[derive(Clone, Serialize)]
struct Callback {
    received_at: Timestamp,
    jwe: String,
}

/// What `GET /dev/callbacks` shows.
#[derive(Serialize)]
struct Callbacks {
    callbacks: Vec<Callback>,
}

/// Keeps the last 100 callbacks in memory. Cloning shares them.
#[derive(Clone, Default)]
pub struct DemoReceiver(Arc<Mutex<VecDeque<Callback>>>);

impl DemoReceiver {
    fn kept(&self) -> MutexGuard<'_, VecDeque<Callback>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, callback: Callback) {
        let mut kept = self.kept();
        kept.truncate(KEPT - 1);
        kept.push_front(callback);
    }

    /// What is kept, the newest first.
    fn list(&self) -> Vec<Callback> {
        self.kept().iter().cloned().collect()
    }
}

/// The receiver's routes, for the demo alone: `POST /api/v1/auth/callback` and `GET /dev/callbacks`.
pub fn demo_routes(receiver: DemoReceiver) -> Routes {
    Routes::new()
        .undocumented(
            Method::POST,
            "/api/v1/auth/callback",
            post(receive),
            Access::Public,
        )
        .undocumented(Method::GET, "/dev/callbacks", get(list), Access::Public)
        .with_state(receiver)
}

async fn receive(
    State(receiver): State<DemoReceiver>,
    ctx: Ctx,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Error> {
    if headers
        .get(CONTENT_TYPE)
        .is_none_or(|kind| kind != "application/jose")
    {
        return Err(Error::new(codes::UNSUPPORTED_MEDIA_TYPE));
    }
    let body = axum::body::to_bytes(body, LONGEST).await;
    let body = body.map_err(|_| Error::new(codes::BODY_TOO_LARGE))?;
    let jwe = std::str::from_utf8(&body)
        .ok()
        .filter(|text| looks_like_jwe(text));
    let jwe = jwe.ok_or_else(|| Error::invalid_request([]))?.to_owned();
    receiver.keep(Callback {
        received_at: ctx.now,
        jwe,
    });
    Ok(StatusCode::NO_CONTENT)
}

async fn list(State(receiver): State<DemoReceiver>) -> Json<Callbacks> {
    Json(Callbacks {
        callbacks: receiver.list(),
    })
}

/// Five parts of base64url; the receiver holds no key and looks no further.
fn looks_like_jwe(text: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    text.bytes().all(plain) && text.split('.').count() == 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_are_kept_the_newest_first() {
        let receiver = DemoReceiver::default();
        for number in 0..150 {
            receiver.keep(Callback {
                received_at: Timestamp::from_seconds(number),
                jwe: number.to_string(),
            });
        }
        let kept = receiver.list();
        assert_eq!(
            (kept.len(), kept[0].jwe.as_str(), kept[99].jwe.as_str()),
            (100, "149", "50")
        );
    }

    #[test]
    fn only_what_looks_like_a_jwe_is_taken() {
        assert!(looks_like_jwe("eyJ9..aXY.dGV4dA.dGFn"));
        for text in ["", "{}", "a.b.c", "a..b.c.d.e", "a..b.<script>.d"] {
            assert!(!looks_like_jwe(text), "{text}");
        }
    }
}
