//! One request and its answer, as the stack's steps share it.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::MatchedPath;
use axum::http::{Extensions, Method};
use hanok_base::Timestamp;
use hanok_base::i18n::Locale;
use tokio::sync::OnceCell;

use crate::ctx::Ctx;
use crate::error::Error;
use crate::flash::{Flash, FlashStore};
use crate::principal::Principal;
use crate::rate_limit::LimitHeaders;
use crate::theme::Theme;

/// What is known of a request as soon as it comes.
pub(crate) struct Opening {
    pub(crate) request_id: String,
    pub(crate) address: IpAddr,
    pub(crate) agent: String,
    pub(crate) now: Timestamp,
    /// Whether a trusted proxy sent it, so that its word about the request counts.
    pub(crate) by_proxy: bool,
    /// The language by cookie, else by `Accept-Language`.
    pub(crate) accepted: Locale,
    /// The theme by cookie.
    pub(crate) theme: Option<Theme>,
    /// The origin of `web.public_url`.
    pub(crate) origin: Arc<str>,
    /// The method.
    pub(crate) method: Method,
    /// Path and query as they were sent.
    pub(crate) target: String,
    /// The token of a flash that waits for this page.
    pub(crate) flash_token: Option<String>,
    /// Where flashes are kept.
    pub(crate) flashes: Arc<dyn FlashStore>,
}

/// What is known of a request, filled in as it walks through the stack.
pub(crate) struct Exchange {
    opening: Opening,
    /// The route that answers.
    pub(crate) route: OnceLock<MatchedPath>,
    principal: OnceLock<Principal>,
    refusal: Mutex<Option<Error>>,
    limits: Mutex<Option<LimitHeaders>>,
    failure: Mutex<Option<String>>,
    is_page: AtomicBool,
    flash: OnceCell<Flash>,
}

impl Deref for Exchange {
    type Target = Opening;

    fn deref(&self) -> &Opening {
        &self.opening
    }
}

impl Exchange {
    pub(crate) fn new(opening: Opening) -> Self {
        Self {
            opening,
            route: OnceLock::new(),
            principal: OnceLock::new(),
            refusal: Mutex::new(None),
            limits: Mutex::new(None),
            failure: Mutex::new(None),
            is_page: AtomicBool::new(false),
            flash: OnceCell::new(),
        }
    }

    /// The exchange a request belongs to; a request that did not come through the stack is a fault.
    pub(crate) fn of(extensions: &Extensions) -> Result<&Arc<Self>, Error> {
        extensions
            .get::<Arc<Self>>()
            .ok_or_else(|| Error::internal("the request bypassed the stack"))
    }

    /// Says who is calling; the first word counts.
    pub(crate) fn settle(&self, principal: Principal) {
        let _ = self.principal.set(principal);
    }

    pub(crate) fn principal(&self) -> &Principal {
        const NOBODY: &Principal = &Principal::Nobody;
        self.principal.get().unwrap_or(NOBODY)
    }

    /// The account's language, else the one the browser asks for.
    pub(crate) fn locale(&self) -> Locale {
        self.principal().locale().unwrap_or(self.accepted)
    }

    /// The account's theme, else the one the browser remembers.
    pub(crate) fn theme(&self) -> Option<Theme> {
        let own = self.principal().caller().and_then(|caller| caller.theme);
        own.or(self.opening.theme)
    }

    /// Notes that the route is a page's.
    pub(crate) fn note_page(&self) {
        self.is_page.store(true, Ordering::Relaxed);
    }

    /// Whether the route is a page's.
    pub(crate) fn is_page(&self) -> bool {
        self.is_page.load(Ordering::Relaxed)
    }

    /// Whether a flash waits for this page, or waited.
    pub(crate) fn has_flash(&self) -> bool {
        self.flash_token.is_some()
    }

    /// What the last answer left, taken from its store the first time.
    pub(crate) async fn flash(&self) -> Result<&Flash, Error> {
        let take = async || match &self.flash_token {
            Some(token) => {
                let taken = self.flashes.take(token, self.now).await?;
                Ok(taken.unwrap_or_default())
            }
            None => Ok(Flash::default()),
        };
        self.flash.get_or_try_init(take).await
    }

    /// What the last answer left, where it has been taken.
    pub(crate) fn flash_now(&self) -> Option<&Flash> {
        self.flash.get()
    }

    /// The template of the route that answers; `-` where none does.
    pub(crate) fn route(&self) -> &str {
        self.route.get().map_or("-", MatchedPath::as_str)
    }

    pub(crate) fn ctx(&self) -> Ctx {
        Ctx {
            principal: self.principal().clone(),
            locale: self.locale(),
            request_id: self.request_id.clone(),
            address: self.address,
            agent: self.agent.clone(),
            now: self.now,
        }
    }

    /// Keeps back why the caller is not known, until something asks.
    pub(crate) fn keep_refusal(&self, error: Error) {
        *lock(&self.refusal) = Some(error);
    }

    /// Why the caller is not known: what the authenticator said, else plain 401.
    pub(crate) fn refusal(&self) -> Error {
        lock(&self.refusal)
            .take()
            .unwrap_or_else(Error::unauthorized)
    }

    /// Notes a limit this request was counted against; the tightest is told.
    pub(crate) fn note_limit(&self, limit: LimitHeaders) {
        let mut noted = lock(&self.limits);
        if noted
            .as_ref()
            .is_none_or(|other| limit.is_tighter_than(other))
        {
            *noted = Some(limit);
        }
    }

    pub(crate) fn take_limit(&self) -> Option<LimitHeaders> {
        lock(&self.limits).take()
    }

    /// Notes that the answer is a fault of ours, with its causes.
    pub(crate) fn note_failure(&self, error: String) {
        *lock(&self.failure) = Some(error);
    }

    /// The fault of ours that the answer is, where it is one.
    pub(crate) fn take_failure(&self) -> Option<String> {
        lock(&self.failure).take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
