//! Who is calling: the types every app reads, and the interface that finds it out.

use std::future::ready;
use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use futures_util::future::BoxFuture;
use hanok_base::{Id, Timestamp};
use uuid::Uuid;

use crate::cookie;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::live::Seat;
use crate::theme::Theme;
use hanok_base::i18n::Locale;

/// Marks the id of a person's account.
pub enum Account {}

/// The id of a person's account.
pub type AccountId = Id<Account>;

/// Who is calling.
#[derive(Clone, Debug, Default)]
pub enum Principal {
    /// Nobody that we know.
    #[default]
    Nobody,
    /// A person, by browser session, bearer token or API key.
    Account(Caller),
    /// A person's paired phone, by its signature over this one request.
    Device(DeviceCaller),
}

impl Principal {
    /// The account that calls or whose phone calls.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Nobody => None,
            Self::Account(caller) => Some(caller.account),
            Self::Device(device) => Some(device.account),
        }
    }

    /// The caller, where it is a session, a token or an API key.
    pub fn caller(&self) -> Option<&Caller> {
        match self {
            Self::Account(caller) => Some(caller),
            Self::Nobody | Self::Device(_) => None,
        }
    }

    /// The language the account has chosen.
    pub fn locale(&self) -> Option<Locale> {
        match self {
            Self::Nobody => None,
            Self::Account(caller) => caller.locale,
            Self::Device(device) => device.locale,
        }
    }
}

/// How a caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser session's cookie: the only way a foreign page could borrow.
    Cookie,
    /// An access token.
    Bearer,
    /// A server's API key.
    ApiKey,
}

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The person's name.
    pub name: Arc<str>,
    /// The session the cookie or token belongs to; an API key has none.
    pub session: Option<Uuid>,
    /// The API key that was used.
    pub api_key: Option<Uuid>,
    /// How the caller proved who they are.
    pub via: Via,
    /// What the caller may do.
    pub permissions: PermissionSet,
    /// The names of the account's roles, highest first.
    pub roles: Arc<[String]>,
    /// The account's version when this was read; units compare it.
    pub version: i64,
    /// When this session last proved the password.
    pub password_confirmed_at: Option<Timestamp>,
    /// The language the account has chosen.
    pub locale: Option<Locale>,
    /// The theme the account has chosen.
    pub theme: Option<Theme>,
}

/// A paired phone that signed this request.
#[derive(Clone, Debug)]
pub struct DeviceCaller {
    /// The phone's owner.
    pub account: AccountId,
    /// The paired device.
    pub device: Uuid,
    /// The account's version when this was read; units compare it.
    pub version: i64,
    /// The signature's nonce, not yet recorded: the unit of the effect records it, so that it counts once.
    pub nonce: String,
    /// When the phone says it signed.
    pub signed_at: Timestamp,
    /// The language the account has chosen.
    pub locale: Option<Locale>,
}

/// A set of permission names; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet {
    everything: bool,
    names: Option<Arc<[Box<str>]>>,
}

impl PermissionSet {
    /// Every permission there is or will be.
    pub const fn everything() -> Self {
        Self {
            everything: true,
            names: None,
        }
    }

    /// Whether `name` is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.everything
            || self
                .names()
                .binary_search_by(|held| (**held).cmp(name))
                .is_ok()
    }

    /// Whether everything in `other` is in this set too.
    pub fn covers(&self, other: &Self) -> bool {
        self.everything || !other.everything && other.names().iter().all(|name| self.contains(name))
    }

    /// Whether this is [`PermissionSet::everything`].
    pub const fn is_everything(&self) -> bool {
        self.everything
    }

    /// The names, sorted; empty for [`PermissionSet::everything`].
    pub fn names(&self) -> &[Box<str>] {
        self.names.as_deref().unwrap_or_default()
    }
}

impl<S: Into<Box<str>>> FromIterator<S> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut names: Vec<Box<str>> = names.into_iter().map(Into::into).collect();
        names.sort_unstable();
        names.dedup();
        Self {
            everything: false,
            names: Some(names.into()),
        }
    }
}

/// What an [`Authenticate`] sees of a request, before any handler.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// Path and query exactly as they were sent, a trailing slash included: what a phone signs.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The client's address, behind trusted proxies the one they report.
    pub address: IpAddr,
    /// The client's `User-Agent`, at most 255 characters.
    pub agent: &'a str,
    /// The request's id.
    pub request_id: &'a str,
    /// When the request came.
    pub now: Timestamp,
    /// The SHA-256 of the body; present where the request carries `X-Device-Id`.
    pub body_sha256: Option<[u8; 32]>,
}

impl RequestHead<'_> {
    /// The value of the cookie `name`.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie::read(self.headers, name)
    }

    /// The value of the header `name`, where it is visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the page asks on its own (`X-Hanok-Background: 1`), which does not extend a session.
    pub fn is_background(&self) -> bool {
        self.header("x-hanok-background") == Some("1")
    }
}

/// Hears of every 403 `forbidden`, so that the audit trail can say who asked for what.
pub trait Denials: Send + Sync {
    /// `ctx` was refused `method` on `route` (its template).
    fn denied(&self, ctx: Ctx, method: Method, route: String) -> BoxFuture<'_, ()>;
}

/// Finds out who is calling. Several may be plugged in; the first that knows the caller wins.
///
/// `Ok(Principal::Nobody)` means "no credential of mine here". A 401 for a cookie or token is kept back
/// until something asks who is calling, so that a stale token does not stand in the way of signing in;
/// every other error, and every error of a device signature, is the answer.
pub trait Authenticate: Send + Sync {
    /// Who sent `head`.
    fn authenticate<'a>(&'a self, head: RequestHead<'a>)
    -> BoxFuture<'a, Result<Principal, Error>>;

    /// Records the nonce of a phone that takes a seat at the socket, so that its signature counts once.
    /// A 401 where it was used before, or the phone is revoked.
    fn record<'a>(
        &'a self,
        phone: &'a DeviceCaller,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let _ = (phone, now);
        Box::pin(ready(Ok(())))
    }

    /// Whether a seat at the socket may be kept, by what the store says now and no cache does.
    fn may_stay<'a>(
        &'a self,
        seat: &'a Seat,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        let _ = (seat, now);
        Box::pin(ready(Ok(true)))
    }
}
