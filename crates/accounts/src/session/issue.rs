//! Opening a session and ending it.

use std::time::Duration;

use hanok_base::secret::sha256;
use hanok_base::{Id, Secret, Timestamp};
use hanok_db::{DbError, Tx};
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::store::{self, NewSession, SessionId, SessionKind};
use crate::account::AccountRow;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::device::store as device_store;
use crate::fault::Fault;
use crate::mail::store as mail;
use crate::{AccountId, password_reset, role};

/// What a sign-in gives: a session and its first refresh token.
#[derive(Debug)]
pub struct Grant {
    pub(crate) session: SessionId,
    pub(crate) refresh: Secret,
}

/// The answer to a sign-in or a refresh.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInOut {
    /// The access token, a JWT.
    access_token: String,
    /// The same, for older clients.
    token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds the access token lives.
    expires_in: u64,
    /// For one refresh.
    refresh_token: String,
    /// The account's id.
    #[schema(value_type = String)]
    user_id: AccountId,
    /// The person's name.
    user_name: String,
    /// The e-mail address, masked.
    email: Option<String>,
    /// The highest role.
    role: String,
    /// The person.
    user: UserOut,
}

/// A person, as they see themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserOut {
    /// The account's id.
    #[schema(value_type = String)]
    pub id: AccountId,
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// The e-mail address, masked.
    pub email: Option<String>,
    /// The highest role.
    pub role: String,
    /// Every role, the highest first.
    pub roles: Vec<String>,
    /// The department's name.
    pub department: Option<String>,
}

impl UserOut {
    pub(crate) fn new(row: &AccountRow, roles: Vec<String>) -> Self {
        Self {
            id: row.id,
            username: row.username.clone(),
            name: row.name.clone(),
            email: row.email_masked.clone(),
            role: roles
                .first()
                .cloned()
                .unwrap_or_else(|| role::USER.to_owned()),
            roles,
            department: row.department.clone(),
        }
    }
}

impl Accounts {
    /// Opens a session for an account that has proven itself, inside the unit that says so.
    pub(crate) async fn open_session(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<Grant, DbError> {
        let session = Id::new(&self.clock, &self.random);
        let refresh = Secret::new(self.random.token());
        let expires_at = ctx.now.plus(self.refresh_life());
        let new = NewSession {
            id: session,
            account,
            kind: SessionKind::Api,
            now: ctx.now,
            expires_at,
            password_confirmed_at: Some(ctx.now),
            address: &ctx.address.to_string(),
            agent: &ctx.agent,
            token_hash: None,
        };
        store::insert(tx, &new).await?;
        store::insert_refresh(
            tx,
            &sha256(refresh.expose().as_bytes()),
            session,
            ctx.now,
            expires_at,
        )
        .await?;
        if store::end_oldest(tx, account, self.config.sessions_max, ctx.now).await? > 0 {
            self.revoke(tx, account, None, ctx.now).await?;
        }
        Ok(Grant { session, refresh })
    }

    pub(super) fn refresh_life(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.config.refresh_token_days))
    }

    /// The answer that carries the tokens of a session.
    pub(crate) fn sign_in_answer(
        &self,
        row: &AccountRow,
        roles: Vec<String>,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<SignInOut, Fault> {
        let token = self.sign_access_token(row.id, grant.session, row.version, now)?;
        let user = UserOut::new(row, roles);
        Ok(SignInOut {
            access_token: token.clone(),
            token,
            token_type: "Bearer",
            expires_in: self.access_token_life().as_secs(),
            refresh_token: grant.refresh.expose().to_owned(),
            user_id: user.id,
            user_name: user.name.clone(),
            email: user.email.clone(),
            role: user.role.clone(),
            user,
        })
    }

    /// Signs the caller's session out, everywhere at once.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] where the caller has no session.
    pub async fn sign_out(&self, ctx: &Ctx) -> Result<(), Fault> {
        let caller = ctx.principal.caller().ok_or(Fault::Unauthorized)?;
        let session = SessionId::from_uuid(caller.session.ok_or(Fault::Unauthorized)?);
        let (accounts, account, origin, now) =
            (self.clone(), caller.account, Origin::from(ctx), ctx.now);
        self.db
            .write(async move |tx| {
                if store::end(tx, session, now).await? {
                    let entry = Entry::new(Action::UserLogout)
                        .subject(account)
                        .target("session", session.uuid());
                    accounts
                        .audit
                        .record(tx, &origin, entry.details(json!({})))
                        .await?;
                    device_store::forget_pairing(tx, account).await?;
                    accounts.revoke(tx, account, Some(session), now).await?;
                }
                Ok(())
            })
            .await
    }

    /// Ends every session of an account but one, and what a session may have begun, inside the unit of the
    /// change that asks for it.
    pub(crate) async fn end_sessions(
        &self,
        tx: &mut Tx,
        account: AccountId,
        but: Option<SessionId>,
        now: Timestamp,
    ) -> Result<(), DbError> {
        store::end_all(tx, account, but, now).await?;
        device_store::forget_pairing(tx, account).await?;
        password_reset::forget(tx, account).await?;
        mail::forget_proof(tx, account).await?;
        self.revoke(tx, account, None, now).await
    }
}
