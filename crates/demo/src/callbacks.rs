//! The shop's own receiver: keeps what it got, still encrypted, and shows it at `/dev/callbacks`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Page, Routes, codes};
use serde::Serialize;

use crate::guided::Guided;
use crate::inbox::{Entry, Inbox, Wants};
use crate::shop::CALLBACK_PATH;
use crate::text;

/// How many callbacks are kept.
const KEPT: usize = 100;
/// No callback of ours comes near this length, in bytes.
const LONGEST: usize = 16 * 1024;

/// A callback as it came.
#[derive(Clone, Serialize)]
pub(crate) struct Callback {
    received_at: Timestamp,
    jwe: String,
}

/// What `GET /dev/callbacks` shows.
#[derive(Serialize)]
struct Callbacks {
    callbacks: Vec<Callback>,
}

/// The last 100 callbacks, in memory.
#[derive(Default)]
pub(crate) struct Received(Mutex<VecDeque<Callback>>);

impl Received {
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

/// `POST /api/v1/auth/callback` and `GET /dev/callbacks`.
pub(crate) fn routes(guided: &Guided) -> Routes {
    Routes::new()
        .undocumented(Method::POST, CALLBACK_PATH, post(receive), Access::Public)
        .undocumented(Method::GET, "/dev/callbacks", get(show), Access::Public)
        .with_state(guided.clone())
}

async fn receive(
    State(guided): State<Guided>,
    ctx: Ctx,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Error> {
    let is_jose = |kind| kind == "application/jose";
    if !headers.get(CONTENT_TYPE).is_some_and(is_jose) {
        return Err(Error::new(codes::UNSUPPORTED_MEDIA_TYPE));
    }
    let body = axum::body::to_bytes(body, LONGEST).await;
    let body = body.map_err(|_| Error::new(codes::BODY_TOO_LARGE))?;
    let jwe = std::str::from_utf8(&body).ok().filter(looks_like_jwe);
    let jwe = jwe.ok_or_else(|| Error::invalid_request([]))?.to_owned();
    guided.called_back(&jwe, ctx.now);
    guided.received().keep(Callback {
        received_at: ctx.now,
        jwe,
    });
    Ok(StatusCode::NO_CONTENT)
}

async fn show(State(guided): State<Guided>, wants: Wants) -> Response {
    let callbacks = guided.received().list();
    wants.answer(&Callbacks { callbacks }, |kept| page(&kept.callbacks))
}

fn page(kept: &[Callback]) -> Page {
    let entry = |callback: &Callback| Entry {
        at: callback.received_at,
        title: format!("POST {CALLBACK_PATH}"),
        text: callback.jwe.clone(),
    };
    let inbox = Inbox {
        entries: kept.iter().map(entry).collect(),
        icon: "lock",
        none: text::demo_dev::callbacks_none(),
        how: text::demo_dev::callbacks_how(),
        way: (text::demo_dev::callbacks_way(), "/demo"),
    };
    inbox.page(
        text::demo_dev::callbacks(),
        text::demo_dev::callbacks_purpose(),
    )
}

/// Five parts of base64url; whether it opens is seen when it is opened.
fn looks_like_jwe(text: &&str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    text.bytes().all(plain) && text.split('.').count() == 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_are_kept_the_newest_first() {
        let received = Received::default();
        for number in 0..150 {
            received.keep(Callback {
                received_at: Timestamp::from_seconds(number),
                jwe: number.to_string(),
            });
        }
        let kept = received.list();
        assert_eq!(
            (kept.len(), kept[0].jwe.as_str(), kept[99].jwe.as_str()),
            (100, "149", "50")
        );
    }

    #[test]
    fn only_what_looks_like_a_jwe_is_taken() {
        assert!(looks_like_jwe(&"eyJ9..aXY.dGV4dA.dGFn"));
        for text in ["", "{}", "a.b.c", "a..b.c.d.e", "a..b.<script>.d"] {
            assert!(!looks_like_jwe(&text), "{text}");
        }
    }
}
