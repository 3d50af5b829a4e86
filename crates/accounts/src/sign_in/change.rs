//! Changing one's password: the old one is asked, the last five are refused, every other session ends.

use hanok_base::{Id, Secret};
use hanok_web::Ctx;
use hanok_web::error::FieldError;
use serde_json::json;

use super::store;
use crate::account::store as account_store;
use crate::attempt::PASSWORD;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Notice;
use crate::password::{self, Password, PasswordFault};
use crate::session::confirm::in_person;
use crate::{AccountId, account};

impl Accounts {
    /// Changes the caller's password.
    ///
    /// # Errors
    /// [`Fault::InvalidCredentials`] for a wrong old password; [`Fault::Fields`] for a new one that is
    /// too weak or was used before; [`Fault::Locked`], [`Fault::Busy`].
    pub async fn change_password(
        &self,
        ctx: &Ctx,
        current: &Secret,
        new: &Secret,
    ) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (row, credential) = self
            .db
            .read(async move |conn| {
                let row = account::find(conn, account)
                    .await?
                    .ok_or(Fault::Unauthorized)?;
                let credential = store::by_id(conn, account)
                    .await?
                    .ok_or(Fault::Unauthorized)?;
                Ok::<_, Fault>((row, credential))
            })
            .await?;
        let chosen = Password::new(new.expose());
        password::check(&chosen, &row.username.to_lowercase())
            .map_err(|faults| refused(&faults))?;
        let check = self.check_password(ctx, credential, current).await?;
        self.refuse_earlier(account, &chosen).await?;
        let hash = self
            .hashes
            .reserve()?
            .hash(chosen.expose().as_bytes())
            .await?;
        let (accounts, context, version) = (self.clone(), ctx.clone(), check.reserved.version);
        self.db
            .write(async move |tx| {
                let unchanged = PASSWORD.succeed(tx, account, version).await?;
                unchanged.then_some(()).ok_or(Fault::Unauthorized)?;
                let entry = Entry::new(Action::PasswordChange)
                    .subject(account)
                    .target("account", account.uuid())
                    .version(version + 1);
                accounts
                    .audit
                    .record(
                        tx,
                        &Origin::from(&context),
                        entry.details(json!({ "by": "person" })),
                    )
                    .await?;
                store::set_password(tx, account, &hash, version + 1, context.now).await?;
                let kept = accounts.config.password_history;
                account_store::remember_password(tx, account, &hash, kept, context.now).await?;
                let current = context
                    .principal
                    .caller()
                    .and_then(|caller| caller.session)
                    .map(Id::from_uuid);
                accounts
                    .end_sessions(tx, account, current, context.now)
                    .await?;
                accounts
                    .notify(tx, &context, account, Notice::PasswordChanged)
                    .await
            })
            .await
    }

    /// Refuses a password that was one of the last.
    pub(crate) async fn refuse_earlier(
        &self,
        account: AccountId,
        chosen: &Password,
    ) -> Result<(), Fault> {
        let count = self.config.password_history;
        let earlier = self
            .db
            .read(async move |conn| account_store::earlier_passwords(conn, account, count).await);
        let earlier: Vec<String> = earlier.await?.into_iter().map(|(hash,)| hash).collect();
        let reused = self
            .hashes
            .reserve()?
            .matches_any(chosen.expose().as_bytes(), &earlier)
            .await?;
        if reused {
            Err(refused(&[PasswordFault::Reused]))
        } else {
            Ok(())
        }
    }
}

pub(crate) fn refused(faults: &[PasswordFault]) -> Fault {
    Fault::Fields(
        faults
            .iter()
            .map(|fault| FieldError::new("/new_password", fault.code()))
            .collect(),
    )
}
