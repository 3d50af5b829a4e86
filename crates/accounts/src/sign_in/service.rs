//! The order of a sign-in: limits, a place in the hash pool, the attempt counted, the hash, one unit.

use hanok_base::{Id, Secret};
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use super::store::{self, CredentialRow};
use crate::account::{self, AccountRow, AccountStatus, EMAIL};
use crate::attempt::{PASSWORD, Reserved, Rule};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::hash::Verdict;
use crate::password::Password;
use crate::session::store as session_store;
use crate::session::{Grant, SignInOut, SignedInBy};
use crate::username::Username;
use crate::{AccountId, metrics, role};

/// A right password, with what was read when its attempt was reserved.
pub struct PasswordCheck {
    pub(super) reserved: Reserved,
    /// The stored hash and a better one, where it is due.
    upgrade: Option<(String, String)>,
    /// Whether it opens nothing but the choice of another.
    must_change: bool,
}

impl Accounts {
    /// Signs in by name (username, or a verified e-mail address) and password.
    ///
    /// # Errors
    /// [`Fault::InvalidCredentials`], [`Fault::Locked`], [`Fault::Disabled`], [`Fault::Closed`] and
    /// [`Fault::PasswordChange`] (right password only), [`Fault::TooOften`], [`Fault::Busy`].
    pub async fn sign_in(
        &self,
        ctx: &Ctx,
        name: &str,
        password: &Secret,
    ) -> Result<SignInOut, Fault> {
        let opened = async {
            let (account, check) = self.prove_by_password(ctx, name, password).await?;
            let check = self.let_in(ctx, account, check).await?;
            self.open(ctx, account, check).await
        };
        metrics::signed_in(opened.await)
    }

    /// Signs a browser in by name and password, as [`sign_in`](Self::sign_in) does: the same limits, locks and
    /// hashes. Answers the cookie's value; the session that the browser had until now ends.
    ///
    /// # Errors
    /// As there.
    pub async fn sign_in_browser(
        &self,
        ctx: &Ctx,
        name: &str,
        password: &Secret,
    ) -> Result<Secret, Fault> {
        let opened = async {
            let (account, check) = self.prove_by_password(ctx, name, password).await?;
            let check = self.let_in(ctx, account, check).await?;
            let (accounts, context) = (self.clone(), ctx.clone());
            self.db
                .write(async move |tx| {
                    settle(tx, account, &check).await?;
                    accounts
                        .open_browser_session(tx, &context, account, SignedInBy::Password)
                        .await
                })
                .await
        };
        metrics::signed_in(opened.await)
    }

    /// Whose name and password these are, where they may sign in.
    async fn prove_by_password(
        &self,
        ctx: &Ctx,
        name: &str,
        password: &Secret,
    ) -> Result<(AccountId, PasswordCheck), Fault> {
        self.limit_sign_in(ctx, name).await?;
        let found = self.find_credential(name).await?;
        let Some(credential) = found else {
            return self.refuse_unknown(ctx, password).await;
        };
        let account = credential.id;
        let status = credential.status;
        let check = match self.check_password(ctx, credential, password).await {
            // That a lock is on would tell that the address is somebody's.
            Err(Fault::Locked) if name.contains('@') => {
                return self.refuse_unknown(ctx, password).await;
            }
            // A lock ends no attack: whoever goes on trying is counted as before.
            Err(refused @ (Fault::InvalidCredentials | Fault::Locked)) => {
                self.count_failure(ctx).await;
                return Err(refused);
            }
            other => other?,
        };
        match status {
            AccountStatus::Active => Ok((account, check)),
            AccountStatus::Locked => Err(Fault::Locked),
            AccountStatus::Disabled => Err(self.switched_off(account).await?),
        }
    }

    /// What is said to who knows the password of an account that is switched off.
    async fn switched_off(&self, account: AccountId) -> Result<Fault, Fault> {
        let row = self
            .db
            .read(async move |conn| account::find(conn, account).await);
        let until = row.await?.and_then(|row| row.closed_until());
        Ok(until.map_or(Fault::Disabled, |at| Fault::Closed(self.today(at))))
    }

    /// Leads whoever has a temporary password to the choice of another, and lets others pass.
    async fn let_in(
        &self,
        ctx: &Ctx,
        account: AccountId,
        check: PasswordCheck,
    ) -> Result<PasswordCheck, Fault> {
        if !check.must_change {
            return Ok(check);
        }
        let (accounts, now) = (self.clone(), ctx.now);
        let link = self.db.write(async move |tx| {
            settle(tx, account, &check).await?;
            let (token, _) = accounts.start_reset(tx, account, now).await?;
            Ok::<_, Fault>(token)
        });
        Err(Fault::PasswordChange(link.await?))
    }

    /// Refuses as a wrong password is refused, after the same work.
    async fn refuse_unknown<T>(&self, ctx: &Ctx, password: &Secret) -> Result<T, Fault> {
        let typed = Password::new(password.expose());
        let place = self.hashes.reserve()?;
        place.verify_dummy(typed.expose().as_bytes()).await?;
        self.count_failure(ctx).await;
        Err(Fault::InvalidCredentials)
    }

    async fn open(
        &self,
        ctx: &Ctx,
        account: AccountId,
        check: PasswordCheck,
    ) -> Result<SignInOut, Fault> {
        let (accounts, context) = (self.clone(), ctx.clone());
        let (row, roles, grant) = self
            .db
            .write(async move |tx| {
                settle(tx, account, &check).await?;
                accounts.tell_new_place(tx, &context, account).await?;
                store::signed_in(tx, account, context.now).await?;
                let opened: (AccountRow, Vec<String>, Grant) =
                    accounts.signed_in(tx, &context, account).await?;
                Ok::<_, Fault>(opened)
            })
            .await?;
        self.sign_in_answer(&row, roles, &grant, ctx.now)
    }

    /// The session of an account that has just proven itself, with its audit row.
    async fn signed_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<(AccountRow, Vec<String>, Grant), Fault> {
        let grant = self.open_session(tx, ctx, account).await?;
        let origin = Origin {
            actor: Some(account),
            ..Origin::from(ctx)
        };
        let entry = Entry::new(Action::UserLogin)
            .subject(account)
            .target("session", grant.session.uuid());
        self.audit
            .record(tx, &origin, entry.details(json!({ "by": "password" })))
            .await?;
        let row = account::find(tx, account)
            .await?
            .ok_or(Fault::InvalidCredentials)?;
        let (roles, _) = role::of_account(tx, account).await?;
        Ok((row, roles, grant))
    }

    /// Checks an account's password, the attempt counted first.
    ///
    /// # Errors
    /// [`Fault::InvalidCredentials`], [`Fault::Locked`], [`Fault::Busy`].
    pub(super) async fn check_password(
        &self,
        ctx: &Ctx,
        credential: CredentialRow,
        password: &Secret,
    ) -> Result<PasswordCheck, Fault> {
        let place = self.hashes.reserve()?;
        let typed = Password::new(password.expose());
        let Some(stored) = credential.password_hash else {
            place.verify_dummy(typed.expose().as_bytes()).await?;
            return Err(Fault::InvalidCredentials);
        };
        let must_change = credential.password_must_change;
        let (account, now, rule) = (credential.id, ctx.now, self.password_rule(ctx));
        let reserved = self
            .db
            .write(async move |tx| PASSWORD.reserve(tx, account, rule, now).await)
            .await?;
        if reserved.version != credential.version {
            // The hash was read before a change of the password, perhaps: it no longer counts.
            return Err(Fault::Busy);
        }
        let verdict = place.verify(typed.expose().as_bytes(), &stored).await?;
        if !verdict.ok {
            self.password_failed(ctx, account, reserved).await?;
            return Err(Fault::InvalidCredentials);
        }
        let upgrade = self.upgraded(verdict, &typed, stored).await;
        Ok(PasswordCheck {
            reserved,
            upgrade,
            must_change,
        })
    }

    /// A current hash of the password where the stored one is an old or foreign kind; never in the way.
    async fn upgraded(
        &self,
        verdict: Verdict,
        typed: &Password,
        stored: String,
    ) -> Option<(String, String)> {
        let place = verdict
            .needs_upgrade
            .then(|| self.hashes.reserve().ok())
            .flatten()?;
        let better = place.hash(typed.expose().as_bytes()).await.ok()?;
        Some((stored, better))
    }

    async fn password_failed(
        &self,
        ctx: &Ctx,
        account: AccountId,
        reserved: Reserved,
    ) -> Result<(), Fault> {
        let (accounts, origin, now, rule) = (
            self.clone(),
            Origin::from(ctx),
            ctx.now,
            self.password_rule(ctx),
        );
        self.db
            .write(async move |tx| {
                let entry = Entry::new(Action::UserLoginFailed)
                    .subject(account)
                    .target("account", account.uuid());
                accounts
                    .audit
                    .record(
                        tx,
                        &origin,
                        entry.details(json!({ "attempt": reserved.number })),
                    )
                    .await?;
                if PASSWORD.fail(tx, account, reserved, rule, now).await? {
                    let entry = Entry::new(Action::AccountLocked)
                        .subject(account)
                        .target("account", account.uuid());
                    accounts
                        .audit
                        .record(tx, &origin, entry.details(json!({ "lock": "password" })))
                        .await?;
                }
                Ok(())
            })
            .await
    }

    /// Asks the caller's password again, for what needs it; good for `accounts.password_confirm_minutes`.
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in), and [`Fault::Unauthorized`] where the session has ended.
    pub async fn confirm_password(&self, ctx: &Ctx, password: &Secret) -> Result<(), Fault> {
        let caller = ctx.principal.caller().ok_or(Fault::Unauthorized)?;
        let session = Id::from_uuid(caller.session.ok_or(Fault::Unauthorized)?);
        let (account, now, version) = (caller.account, ctx.now, caller.version);
        let credential = self
            .db
            .read(async move |conn| store::by_id(conn, account).await)
            .await?;
        let check = self
            .check_password(ctx, credential.ok_or(Fault::Unauthorized)?, password)
            .await?;
        let accounts = self.clone();
        self.db
            .write(async move |tx| {
                let unchanged = check.reserved.version == version
                    && PASSWORD.succeed(tx, account, version).await?
                    && session_store::confirm_password(tx, session, now).await?;
                let sessions = accounts.clone();
                tx.after_commit(move || sessions.withdraw(account, Some(session)));
                unchanged.then_some(()).ok_or(Fault::Unauthorized)
            })
            .await
    }

    fn password_rule(&self, ctx: &Ctx) -> Rule {
        Rule {
            failures: self.config.lock_failures,
            since: ctx.now.minus(self.config.lock_window()),
        }
    }

    async fn find_credential(&self, name: &str) -> Result<Option<CredentialRow>, Fault> {
        let username = Username::parse(name)
            .ok()
            .map(|username| username.normalised().to_owned());
        let email = EmailAddress::parse(name)
            .ok()
            .map(|email| self.email_indexes(&email));
        let found = self.db.read(async move |conn| {
            if let Some(key) = username
                && let Some(row) = store::by_username(conn, &key).await?
            {
                return Ok(Some(row));
            }
            let Some(indexes) = email else {
                return Ok(None);
            };
            match account::store::look_up(conn, EMAIL, &indexes).await? {
                Some(id) => store::by_id(conn, id).await,
                None => Ok(None),
            }
        });
        found.await.map_err(Fault::Store)
    }
}

/// Settles a right password inside the unit it opens: the count is 0, and a better hash replaces an old one.
async fn settle(tx: &mut Tx, account: AccountId, check: &PasswordCheck) -> Result<(), Fault> {
    let unchanged = PASSWORD
        .succeed(tx, account, check.reserved.version)
        .await?;
    unchanged.then_some(()).ok_or(Fault::InvalidCredentials)?;
    if let Some((old, new)) = &check.upgrade {
        store::upgrade_hash(tx, account, old, new).await?;
    }
    Ok(())
}
