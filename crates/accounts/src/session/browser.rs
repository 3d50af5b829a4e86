//! Browser sessions: a random cookie, kept as its SHA-256; an idle limit that moves with the person's
//! own requests and an end that does not move.

use std::time::Duration;

use axum::http::HeaderMap;
use hanok_base::secret::sha256;
use hanok_base::{Id, Secret, Timestamp};
use hanok_db::Tx;
use hanok_web::{Cookie, Ctx, RequestHead, Via};
use serde_json::json;

use super::cache::Live;
use super::store::{self, NewSession, SessionId, SessionKind};
use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::sign_in::store::signed_in;

/// Where a page asks how long its session lasts: asking does not extend it.
pub const SESSION_PATH: &str = "/session";

/// The cookie; over https its name begins with `__Host-`.
const COOKIE: &str = "hanok_session";
/// A session's end is written at most this often.
const WRITE_EVERY: Duration = Duration::from_mins(1);

/// How a person proved who they are to open a browser session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedInBy {
    /// The password, which counts as just given.
    Password,
    /// Approval on a paired phone: the password is still asked for what needs it.
    Phone,
}

impl SignedInBy {
    const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Phone => "phone",
        }
    }
}

impl Accounts {
    /// Opens a browser session for an account that has just proven itself, inside the unit that says so, with
    /// its audit row; the session that the browser had until now ends. Answers the cookie's value.
    ///
    /// # Errors
    /// The store's.
    pub async fn open_browser_session(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        by: SignedInBy,
    ) -> Result<Secret, Fault> {
        self.end_replaced(tx, ctx).await?;
        self.tell_new_place(tx, ctx, account).await?;
        let (session, token) = (
            Id::new(&self.clock, &self.random),
            Secret::new(self.random.token()),
        );
        let new = NewSession {
            id: session,
            account,
            kind: SessionKind::Browser,
            now: ctx.now,
            expires_at: self.browser_end(ctx.now, ctx.now),
            password_confirmed_at: (by == SignedInBy::Password).then_some(ctx.now),
            address: &ctx.address.to_string(),
            agent: &ctx.agent,
            token_hash: Some(sha256(token.expose().as_bytes())),
        };
        store::insert(tx, &new).await?;
        if store::end_oldest(tx, account, self.config.sessions_max, ctx.now).await? > 0 {
            self.revoke(tx, account, None, ctx.now).await?;
        }
        signed_in(tx, account, ctx.now).await?;
        let origin = Origin {
            actor: Some(account),
            ..Origin::from(ctx)
        };
        let entry = Entry::new(Action::UserLogin)
            .subject(account)
            .target("session", session.uuid())
            .details(json!({ "by": by.word(), "kind": "browser" }));
        self.audit.record(tx, &origin, entry).await?;
        Ok(token)
    }

    /// A browser holds one session: whoever signs in anew leaves the one before.
    async fn end_replaced(&self, tx: &mut Tx, ctx: &Ctx) -> Result<(), Fault> {
        let caller = ctx.principal.caller();
        let caller = caller.filter(|caller| caller.via == Via::Cookie);
        let Some((account, session)) =
            caller.and_then(|caller| Some((caller.account, caller.session?)))
        else {
            return Ok(());
        };
        self.end_session(tx, ctx, account, SessionId::from_uuid(session))
            .await?;
        Ok(())
    }

    /// The cookie that carries a session. It takes away what was left for who sat there before.
    pub fn session_cookie(token: &Secret) -> Cookie {
        Cookie::new(COOKIE, token.expose()).forgetting_flash()
    }

    /// Takes the cookie of a session that does not live any more away, where the browser sent one.
    pub(crate) fn ended_session_cookie(&self, ctx: &Ctx, headers: &HeaderMap) -> Option<Cookie> {
        let is_https = self.origin.starts_with("https://");
        Cookie::read(headers, COOKIE, is_https)
            .filter(|_| ctx.principal.caller().is_none())
            .map(|_| Self::no_session_cookie())
    }

    /// Takes the cookie of a session away.
    pub fn no_session_cookie() -> Cookie {
        Cookie::gone(COOKIE)
    }

    /// When a session opened at `created` ends if nothing more comes after `now`.
    fn browser_end(&self, created: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.config.session_idle())
            .min(created.plus(self.config.session_max()))
    }

    /// The cookie of a request, where it has one of ours.
    pub(super) fn cookie_of<'a>(&self, head: &'a RequestHead<'_>) -> Option<&'a str> {
        let name = Cookie::name_over(COOKIE, self.origin.starts_with("https://"));
        head.cookie(&name).filter(|token| !token.is_empty())
    }

    /// The session a cookie is of.
    pub(super) async fn session_of_cookie(&self, token: &str) -> Result<Option<SessionId>, Fault> {
        let hash = sha256(token.as_bytes());
        if let Some(id) = self.sessions.session_of(&hash) {
            return Ok(Some(id));
        }
        let found = self
            .db
            .read(async move |conn| store::by_token(conn, &hash).await)
            .await?;
        if let Some(id) = found {
            self.sessions.keep_cookie(hash, id);
        }
        Ok(found)
    }

    /// Moves a session's end with a request of the person's own, at most once a minute. A store that is
    /// busy is not in the request's way: the next one moves it.
    pub(super) async fn seen(&self, id: SessionId, live: &Live, head: &RequestHead<'_>) {
        let path = head.target.split('?').next().unwrap_or_default();
        if head.is_background() || path.trim_end_matches('/') == SESSION_PATH {
            return;
        }
        let every = WRITE_EVERY.min(self.config.session_idle() / 4);
        if head.now.since(live.row.last_seen_at) < every {
            return;
        }
        let (created, before) = (live.row.created_at, head.now.minus(every));
        if let Err(error) = self
            .move_end(id, live.row.account_id, created, head.now, before)
            .await
        {
            tracing::warn!(%error, "the end of a session could not be moved");
        }
    }

    async fn move_end(
        &self,
        id: SessionId,
        account: AccountId,
        created: Timestamp,
        now: Timestamp,
        before: Timestamp,
    ) -> Result<bool, Fault> {
        let expires_at = self.browser_end(created, now);
        let moved = self
            .db
            .write(async move |tx| store::move_end(tx, id, now, expires_at, before).await);
        let moved = moved.await?;
        self.withdraw(account, Some(id));
        Ok(moved)
    }

    /// Keeps the caller's browser session for another idle limit ("stay signed in").
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] where the caller has none, or it has ended.
    pub async fn extend_session(&self, ctx: &Ctx) -> Result<(), Fault> {
        let (id, live) = self
            .browser_session(ctx)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let (account, created) = (live.row.account_id, live.row.created_at);
        let moved = self
            .move_end(id, account, created, ctx.now, ctx.now)
            .await?;
        moved.then_some(()).ok_or(Fault::Unauthorized)
    }

    /// When the caller's browser session ends by itself; `None` where the caller has none.
    ///
    /// # Errors
    /// The store's.
    pub async fn session_end(&self, ctx: &Ctx) -> Result<Option<Timestamp>, Fault> {
        let session = self.browser_session(ctx).await?;
        Ok(session.map(|(_, live)| live.row.expires_at))
    }

    async fn browser_session(
        &self,
        ctx: &Ctx,
    ) -> Result<Option<(SessionId, std::sync::Arc<Live>)>, Fault> {
        let caller = ctx.principal.caller();
        let caller = caller.filter(|caller| caller.via == Via::Cookie);
        let Some(id) = caller.and_then(|caller| caller.session) else {
            return Ok(None);
        };
        let id = SessionId::from_uuid(id);
        let live = self.live_session(id, ctx.now).await?;
        Ok(live.map(|live| (id, live)))
    }
}
