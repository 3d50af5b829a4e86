//! Refresh tokens: each is used once, and its successor is computed from it, so that nothing is stored
//! in plain and two uses within ten seconds (a lost answer, two tabs) get the same token.

use std::time::Duration;

use hanok_base::encoding::base64url_encode;
use hanok_base::secret::sha256;
use hanok_base::{Secret, Timestamp};
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use super::issue::{Grant, SignInOut};
use super::store::{self, SessionId};
use crate::account::{self, AccountRow, AccountStatus};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::role;

/// What a refresh came to: a later second use ends the family, and that must be committed.
enum Outcome {
    Granted(Box<(AccountRow, Vec<String>, SessionId)>),
    Refused,
}

impl Accounts {
    /// A new access token and the token's successor.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] for an unknown, expired or reused token, or an account that may not sign in.
    pub async fn refresh(&self, ctx: &Ctx, token: Secret) -> Result<SignInOut, Fault> {
        let hash = sha256(token.expose().as_bytes());
        let (accounts, origin, now) = (self.clone(), Origin::from(ctx), ctx.now);
        let successor_of = token.clone();
        let outcome = self
            .db
            .write(async move |tx| {
                accounts
                    .use_token(tx, &origin, &successor_of, hash, now)
                    .await
            })
            .await?;
        match outcome {
            Outcome::Granted(granted) => {
                let (row, roles, session) = *granted;
                let grant = Grant {
                    session,
                    refresh: self.successor(&token, session),
                };
                self.sign_in_answer(&row, roles, &grant, now)
            }
            Outcome::Refused => Err(Fault::Unauthorized),
        }
    }

    fn successor(&self, token: &Secret, session: SessionId) -> Secret {
        let mac = self
            .keys
            .token_key()
            .refresh_mac(&[token.expose().as_bytes(), session.uuid().as_bytes()]);
        Secret::new(base64url_encode(&mac))
    }

    async fn use_token(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        token: &Secret,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Outcome, Fault> {
        let session = match store::use_refresh(tx, &hash, now).await? {
            Some(session) => {
                let expires_at = now.plus(self.refresh_life());
                let next = sha256(self.successor(token, session).expose().as_bytes());
                store::insert_refresh(tx, &next, session, now, expires_at).await?;
                store::extend(tx, session, now, expires_at).await?;
                session
            }
            None => match self.reused(tx, origin, hash, now).await? {
                Some(session) => session,
                None => return Ok(Outcome::Refused),
            },
        };
        let Some(live) = store::live(tx, session).await? else {
            return Ok(Outcome::Refused);
        };
        let row = account::find(tx, live.account_id)
            .await?
            .filter(|row| row.status == AccountStatus::Active);
        let Some(row) = row else {
            return Ok(Outcome::Refused);
        };
        let (roles, _) = role::of_account(tx, row.id).await?;
        Ok(Outcome::Granted(Box::new((row, roles, session))))
    }

    /// A second use: within the grace it is the same use; later the token was stolen or copied, and
    /// its whole family ends.
    async fn reused(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<SessionId>, Fault> {
        let Some(row) = store::refresh(tx, &hash).await? else {
            return Ok(None);
        };
        let grace = Duration::from_secs(u64::from(self.config.refresh_reuse_seconds));
        match row.used_at {
            Some(used_at) if now.since(used_at) <= grace => Ok(Some(row.session_id)),
            Some(_) => {
                self.end_family(tx, origin, row.session_id, now).await?;
                Ok(None)
            }
            None => Ok(None),
        }
    }

    async fn end_family(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(live) = store::live(tx, session).await? else {
            return Ok(());
        };
        store::end(tx, session, now).await?;
        let entry = Entry::new(Action::UserLogout)
            .subject(live.account_id)
            .target("session", session.uuid());
        self.audit
            .record(
                tx,
                origin,
                entry.details(json!({ "reason": "refresh_token_reused" })),
            )
            .await?;
        self.revoke(tx, live.account_id, Some(session), now).await?;
        Ok(())
    }
}
