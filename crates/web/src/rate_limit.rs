//! Rate limits: named policies over the shared counters, and how the caller is told.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hanok_base::Timestamp;
use hanok_base::counters::{Decision, Limit, SharedCounters};

use crate::error::{Error, whole_seconds};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A limit with a name, under which callers see it in `RateLimit-Policy`.
#[derive(Clone, Debug)]
pub struct Policy {
    name: &'static str,
    limit: Limit,
    header: HeaderValue,
}

impl Policy {
    /// The policy `name` (`snake_case`): its keys are counted apart from other policies'. A count of 0 is no limit.
    pub fn new(name: &'static str, limit: Limit) -> Self {
        let header = format!("\"{name}\";q={};w={}", limit.count, limit.window.as_secs());
        let header = HeaderValue::try_from(header).unwrap_or(HeaderValue::from_static("\"limit\""));
        Self {
            name,
            limit,
            header,
        }
    }

    /// `count` in any 60 seconds.
    pub fn per_minute(name: &'static str, count: u32) -> Self {
        Self::new(name, Limit::per_minute(count))
    }

    fn is_off(&self) -> bool {
        self.limit.count == 0
    }
}

/// Where a caller stands with one policy, as `RateLimit` and `RateLimit-Policy` say it
/// (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Debug)]
pub struct LimitHeaders {
    name: &'static str,
    policy: HeaderValue,
    remaining: u32,
    reset: Duration,
}

impl LimitHeaders {
    fn new(policy: &Policy, decision: Decision) -> Self {
        let Decision {
            remaining, reset, ..
        } = decision;
        Self {
            name: policy.name,
            policy: policy.header.clone(),
            remaining,
            reset,
        }
    }

    pub(crate) fn is_tighter_than(&self, other: &Self) -> bool {
        self.remaining < other.remaining
    }

    /// Writes both headers, unless the answer says already where the caller stands.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let seconds = whole_seconds(self.reset);
        let state = format!("\"{}\";r={};t={seconds}", self.name, self.remaining);
        if let Ok(state) = HeaderValue::try_from(state) {
            headers.entry(RATE_LIMIT).or_insert(state);
            headers
                .entry(RATE_LIMIT_POLICY)
                .or_insert(self.policy.clone());
        }
    }
}

/// Counts callers against policies.
#[derive(Clone)]
pub struct RateLimits {
    counters: Arc<dyn SharedCounters>,
}

impl RateLimits {
    /// Limits over these counters.
    pub fn new(counters: Arc<dyn SharedCounters>) -> Self {
        Self { counters }
    }

    /// Counts one call of `key` against `policy`.
    ///
    /// # Errors
    /// 429 `rate_limited` with `Retry-After`; the refused call is not counted.
    pub async fn take(&self, policy: &Policy, key: &str, now: Timestamp) -> Result<(), Error> {
        self.count(policy, key, now).await.map(|_| ())
    }

    /// Whether one more call of `key` is within `policy`, counting nothing.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub async fn check(&self, policy: &Policy, key: &str, now: Timestamp) -> Result<(), Error> {
        if policy.is_off() {
            return Ok(());
        }
        let decision = self
            .counters
            .peek(&counter(policy, key), policy.limit, now)
            .await;
        told(policy, decision).map(|_| ())
    }

    /// Forgets what `key` has used of `policy`.
    pub async fn forget(&self, policy: &Policy, key: &str) {
        self.counters.forget(&counter(policy, key)).await;
    }

    pub(crate) async fn count(
        &self,
        policy: &Policy,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<LimitHeaders>, Error> {
        if policy.is_off() {
            return Ok(None);
        }
        let decision = self
            .counters
            .hit(&counter(policy, key), policy.limit, now)
            .await;
        told(policy, decision).map(Some)
    }
}

fn counter(policy: &Policy, key: &str) -> String {
    [policy.name, ":", key].concat()
}

fn told(policy: &Policy, decision: Decision) -> Result<LimitHeaders, Error> {
    let headers = LimitHeaders::new(policy, decision);
    if decision.allowed {
        return Ok(headers);
    }
    let mut refused = Error::rate_limited(decision.reset);
    let mut told = HeaderMap::with_capacity(2);
    headers.write(&mut told);
    for (name, value) in told {
        if let Some(name) = name {
            refused = refused.header(name, value);
        }
    }
    Err(refused)
}

/// What stands for an address in a limit: itself, or of IPv6 its /64, which one caller can have whole.
pub fn limited_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        canonical @ IpAddr::V4(_) => canonical,
    }
}
