//! Who is calling: the bearer token or the paired phone's signature behind a request.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Authenticate, Caller, Locale, Principal, RequestHead, Via};

use super::cache::Live;
use super::store::{self, SessionId};
use crate::account::AccountStatus;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::role;

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
            match bearer(&head) {
                Some(token) => Ok(Principal::Account(
                    self.0.authenticate_token(token, head.now).await?,
                )),
                None => Ok(Principal::Nobody),
            }
        })
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
        let live = self
            .live_session(claims.sid, now)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let row = &live.row;
        let valid = row.account_id == claims.sub
            && row.version == claims.ver
            && row.status == AccountStatus::Active
            && row.expires_at > now;
        valid.then_some(()).ok_or(Fault::Unauthorized)?;
        Ok(Caller {
            account: row.account_id,
            session: Some(claims.sid.uuid()),
            api_key: None,
            via: Via::Bearer,
            permissions: live.permissions.clone(),
            roles: Arc::clone(&live.roles),
            version: row.version,
            password_confirmed_at: row.password_confirmed_at,
            locale: row.locale.as_deref().and_then(locale),
        })
    }

    /// A session and its account, at most two seconds old.
    async fn live_session(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Arc<Live>>, Fault> {
        if let Some(live) = self.sessions.get(id, now) {
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
            row,
        });
        self.sessions.put(id, now, Arc::clone(&live));
        Ok(Some(live))
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
