//! Changing one's name and birthdate.

use hanok_db::{DbError, Tx, params};
use hanok_web::Ctx;
use hanok_web::error::FieldError;
use jiff::civil::Date;
use serde_json::json;

use crate::AccountId;
use crate::account;
use crate::audit::{Action, Entry, Origin};
use crate::birthdate::Birthdate;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::person_name::PersonName;
use crate::session::confirm::signed_in;

/// Who a person says they are.
pub(super) struct Profile {
    name: PersonName,
    /// `None` leaves the one that is kept.
    birthdate: Option<Birthdate>,
}

impl Profile {
    /// Reads what was typed; an empty birthdate is none.
    pub(super) fn read(today: Date, name: &str, birthdate: &str) -> Result<Self, Fault> {
        let name = PersonName::parse(name).map_err(|fault| FieldError::new("/name", fault.code()));
        let birthdate = Some(birthdate.trim())
            .filter(|typed| !typed.is_empty())
            .map(|typed| Birthdate::parse(typed, today))
            .transpose()
            .map_err(|fault| FieldError::new("/birthdate", fault.code()));
        match (name, birthdate) {
            (Ok(name), Ok(birthdate)) => Ok(Self { name, birthdate }),
            (name, birthdate) => {
                let faults = name.err().into_iter().chain(birthdate.err());
                Err(Fault::Fields(faults.collect()))
            }
        }
    }
}

impl Accounts {
    /// Changes the caller's name and birthdate. They say who a person is, so the password is asked again.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`], [`Fault::Unauthorized`]; the store's.
    pub(super) async fn change_profile(&self, ctx: &Ctx, profile: Profile) -> Result<(), Fault> {
        let account = signed_in(ctx)?.account;
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                account::store::lock(tx, account).await?;
                accounts.require_password(tx, &context).await?;
                let row = account::find(tx, account).await?;
                let renamed = row.ok_or(Fault::Unauthorized)?.name != profile.name.as_str();
                if !renamed && profile.birthdate.is_none() {
                    return Ok(());
                }
                let details = json!({ "name": renamed, "birthdate": profile.birthdate.is_some() });
                let entry = Entry::new(Action::UserInfoUpdate)
                    .subject(account)
                    .target("account", account.uuid())
                    .details(details);
                let origin = Origin::from(&context);
                accounts.audit.record(tx, &origin, entry).await?;
                accounts.store_profile(tx, account, &profile).await?;
                accounts.forget_after_commit(tx, account);
                Ok(())
            })
            .await
    }

    async fn store_profile(
        &self,
        tx: &mut Tx,
        account: AccountId,
        profile: &Profile,
    ) -> Result<(), DbError> {
        const NAME: &str = "UPDATE account SET name = $2 WHERE id = $1";
        const BIRTHDATE: &str = "UPDATE account SET birthdate = $2 WHERE id = $1";
        tx.execute(NAME, params![account, profile.name.as_str()])
            .await?;
        if let Some(birthdate) = &profile.birthdate {
            let sealed = self.seal(account, "birthdate", birthdate.normalised().as_bytes());
            tx.execute(BIRTHDATE, params![account, sealed]).await?;
        }
        Ok(())
    }
}
