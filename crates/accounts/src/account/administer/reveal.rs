//! Showing one sealed value of somebody, for a reason that they can read afterwards.

use hanok_db::{Tx, text_enum};
use hanok_web::{Ctx, Permission};
use serde_json::json;
use zeroize::Zeroizing;

use crate::AccountId;
use crate::account::store;
use crate::audit::{Action, Entry, Origin};
use crate::authority::{By, Oneself};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::permission::FullUserInfo;
use crate::visible::is_hidden;

/// The shortest and the longest reason, in characters.
const REASON: std::ops::RangeInclusive<usize> = 3..=200;

text_enum! {
    /// A value that is masked unless somebody asks for it.
    pub enum Hidden {
        /// The e-mail address.
        Email = "email",
        /// The phone number.
        Phone = "phone_number",
        /// The birthdate.
        Birthdate = "birthdate",
    }
}

impl Accounts {
    /// Shows one sealed value of an account, and writes down who saw it and why. `None` where there is none.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a reason that is none; [`Fault::Forbidden`]; [`Fault::NotFound`]; a value that does not
    /// open.
    pub async fn reveal(
        &self,
        ctx: &Ctx,
        by: By,
        id: AccountId,
        (field, reason): (Hidden, &str),
    ) -> Result<Option<Zeroizing<String>>, Fault> {
        let reason = reason.trim().to_owned();
        if !REASON.contains(&reason.chars().count()) || reason.chars().any(is_hidden) {
            return Err(Fault::field("/reason", "reason_needed"));
        }
        if let By::Person(caller) = &by {
            let may = caller.permissions.contains(FullUserInfo::NAME);
            may.then_some(()).ok_or(Fault::Forbidden)?;
        }
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                accounts.target(tx, &by, id, Oneself::Allowed).await?;
                let entry = Entry::new(Action::DataRevealed)
                    .subject(id)
                    .target("account", id.uuid())
                    .details(json!({ "field": field, "reason": reason }));
                let origin = Origin::from(&ctx);
                accounts.audit.record(tx, &origin, entry).await?;
                let sealed = store::sealed(tx, id).await?.ok_or(Fault::NotFound)?;
                let (column, sealed) = match field {
                    Hidden::Email => ("email", sealed.email),
                    Hidden::Phone => ("phone", sealed.phone),
                    Hidden::Birthdate => ("birthdate", sealed.birthdate),
                };
                let open = |sealed: Vec<u8>| accounts.unseal(id, column, &sealed);
                sealed.map(open).transpose()
            })
            .await
    }

    /// The addresses of these accounts as they are, for a list that is on the record.
    ///
    /// # Errors
    /// An address that does not open.
    pub fn open_email(&self, id: AccountId, sealed: &[u8]) -> Result<Zeroizing<String>, Fault> {
        self.unseal(id, "email", sealed)
    }
}
