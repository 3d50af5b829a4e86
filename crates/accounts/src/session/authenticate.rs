//! Who is calling: the paired phone's signature, the API key, the bearer token or the browser's cookie behind a
//! request.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::live::Seat;
use hanok_web::{Authenticate, Caller, DeviceCaller, Locale, Principal, RequestHead, Via};

use super::cache::Live;
use super::store::{self, SessionId, SessionKind};
use crate::account::AccountStatus;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::{api_key, role};

/// Finds callers among the accounts.
#[derive(Clone)]
pub struct AccountsAuthenticator(pub Accounts);

impl Authenticate for AccountsAuthenticator {
    fn authenticate<'a>(
        &'a self,
        head: RequestHead<'a>,
    ) -> BoxFuture<'a, Result<Principal, Error>> {
        Box::pin(async move {
            if head.headers.contains_key("x-device-id") {
                return Ok(Principal::Device(self.0.authenticate_device(&head).await?));
            }
            if let Some(key) = api_key::offered(&head) {
                let caller = self.0.authenticate_key(key, &head).await?;
                return Ok(Principal::Account(caller));
            }
            if let Some(token) = bearer(&head) {
                let caller = self.0.authenticate_token(token, head.now).await?;
                return Ok(Principal::Account(caller));
            }
            match self.0.cookie_of(&head) {
                Some(token) => Ok(Principal::Account(
                    self.0.authenticate_cookie(token, &head).await?,
                )),
                None => Ok(Principal::Nobody),
            }
        })
    }

    fn record<'a>(
        &'a self,
        phone: &'a DeviceCaller,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { Ok(self.0.record_seat(phone, now).await?) })
    }

    fn may_stay<'a>(
        &'a self,
        seat: &'a Seat,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { Ok(self.0.may_stay(seat, now).await?) })
    }
}

/// The token of `Authorization`, with or without `Bearer`; other schemes are not ours.
fn bearer<'a>(head: &RequestHead<'a>) -> Option<&'a str> {
    let value = head.headers.get("authorization")?.to_str().ok()?.trim();
    match value.split_once(' ') {
        Some((scheme, token)) => scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()),
        None => (value.split('.').count() == 3).then_some(value),
    }
}

impl Accounts {
    async fn authenticate_token(&self, token: &str, now: Timestamp) -> Result<Caller, Fault> {
        let claims = self
            .read_access_token(token, now)
            .ok_or(Fault::Unauthorized)?;
        let known = self.live_session(claims.sid, now).await?;
        let mut live = known.ok_or(Fault::Unauthorized)?;
        if claims.ver > live.row.version {
            // Another process has changed the account, and given this token, since this one looked.
            self.sessions.forget(claims.sub, Some(claims.sid), now);
            let known = self.live_session(claims.sid, now).await?;
            live = known.ok_or(Fault::Unauthorized)?;
        }
        let row = &live.row;
        let valid = row.account_id == claims.sub
            && row.version == claims.ver
            && row.status == AccountStatus::Active
            && row.expires_at > now;
        valid.then_some(()).ok_or(Fault::Unauthorized)?;
        Ok(caller(claims.sid, &live, Via::Bearer))
    }

    async fn authenticate_cookie(
        &self,
        token: &str,
        head: &RequestHead<'_>,
    ) -> Result<Caller, Fault> {
        let id = self
            .session_of_cookie(token)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let live = self
            .live_session(id, head.now)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let row = &live.row;
        let valid = row.kind == SessionKind::Browser
            && row.status == AccountStatus::Active
            && row.expires_at > head.now;
        valid.then_some(()).ok_or(Fault::Unauthorized)?;
        self.seen(id, &live, head).await;
        Ok(caller(id, &live, Via::Cookie))
    }

    /// A session and its account, at most two seconds old.
    pub(super) async fn live_session(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Arc<Live>>, Fault> {
        if let Some(live) = self.sessions.get(id, now) {
            return Ok(Some(live));
        }
        let mark = self.sessions.mark();
        if let Some((read_at, live)) = self.read_by_another(id, now).await {
            let live = Arc::new(live);
            self.sessions.put(id, read_at, mark, Arc::clone(&live));
            return Ok(Some(live));
        }
        let read = self.db.read(async move |conn| {
            let Some(row) = store::live(conn, id).await? else {
                return Ok(None);
            };
            let held = role::of_account(conn, row.account_id).await?;
            Ok::<_, hanok_db::DbError>(Some((row, held)))
        });
        let Some((row, (roles, own))) = read.await? else {
            return Ok(None);
        };
        let live = Arc::new(Live {
            permissions: role::permissions(&roles, &own),
            roles: roles.into(),
            name: row.name.as_str().into(),
            row,
        });
        self.sessions.put(id, now, mark, Arc::clone(&live));
        self.show_others(id, now, &live);
        Ok(Some(live))
    }
}

/// A session's owner, as every app sees them.
fn caller(session: SessionId, live: &Live, via: Via) -> Caller {
    let row = &live.row;
    Caller {
        account: row.account_id,
        name: Arc::clone(&live.name),
        session: Some(session.uuid()),
        api_key: None,
        via,
        permissions: live.permissions.clone(),
        roles: Arc::clone(&live.roles),
        version: row.version,
        password_confirmed_at: row.password_confirmed_at,
        locale: row.locale.as_deref().and_then(locale),
        theme: row.theme.as_deref().and_then(|word| word.parse().ok()),
    }
}

/// The language of this tag, where we speak it.
pub(crate) fn locale(tag: &str) -> Option<Locale> {
    match tag {
        "ko" => Some(Locale::Ko),
        "en" => Some(Locale::En),
        _ => None,
    }
}
