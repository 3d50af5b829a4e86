//! The context that every service function takes first: who asks, in which language, and when.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use hanok_base::Timestamp;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::principal::{AccountId, Principal};
use hanok_base::i18n::Locale;

/// Who asks, from where, in which language, and when.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who is calling.
    pub principal: Principal,
    /// The language of the answer.
    pub locale: Locale,
    /// The request's id, in every answer, log line and audit row.
    pub request_id: String,
    /// The client's address.
    pub address: IpAddr,
    /// The client's `User-Agent`, at most 255 characters.
    pub agent: String,
    /// When the request came.
    pub now: Timestamp,
}

impl Ctx {
    /// The context of the program itself: a command line, a job, a handler of events.
    pub fn program(name: &str, now: Timestamp) -> Self {
        Self {
            principal: Principal::Nobody,
            locale: Locale::default(),
            request_id: String::new(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            agent: name.to_owned(),
            now,
        }
    }

    /// The account that calls or whose phone calls.
    pub fn account(&self) -> Option<AccountId> {
        self.principal.account()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        Exchange::of(&parts.extensions).map(|exchange| exchange.ctx())
    }
}

/// The exchange as the stack sees it; for extractors of this crate.
pub(crate) fn exchange(parts: &Parts) -> Result<Arc<Exchange>, Error> {
    Exchange::of(&parts.extensions).cloned()
}
