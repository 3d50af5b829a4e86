//! Resetting somebody's password: by a letter to their verified address, or by a password that is shown once.

use const_format::concatcp;
use hanok_base::Secret;
use hanok_db::{DbError, Tx, params, text_enum};
use hanok_web::Ctx;
use serde_json::json;

use super::open::{must_change, temporary_password};
use crate::AccountId;
use crate::account::{self, AccountStatus};
use crate::attempt::PASSWORD;
use crate::audit::{Action, Entry};
use crate::authority::{By, Oneself, Target};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Notice;
use crate::password_reset::HELD_SINCE;

text_enum! {
    /// How somebody comes to a new password.
    pub enum ResetWay {
        /// By a link that goes to their verified address: whoever resets never learns a password.
        Letter = "letter",
        /// By a password that is shown once and changed at the next sign-in, for who has no verified address.
        Temporary = "temporary",
    }
}

/// What a reset did.
#[derive(Debug)]
pub enum Reset {
    /// A letter is on its way to this masked address.
    Letter(Option<String>),
    /// This password opens the choice of another, and nothing else.
    Temporary(Secret),
}

impl Accounts {
    /// Takes somebody's password away: every session ends, the password's lock is lifted, and they choose another. A
    /// person gives their own password again. Where no way is named it is the letter, if there is a verified address.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a letter to who has no verified address, and for an account that is not in use;
    /// [`Fault::NotFound`]; [`Fault::Forbidden`]; [`Fault::PasswordRequired`]; [`Fault::Busy`].
    pub async fn reset_password_of(
        &self,
        ctx: &Ctx,
        by: By,
        id: AccountId,
        way: Option<ResetWay>,
    ) -> Result<Reset, Fault> {
        let made = temporary_password(&self.random);
        let place = self.hashes.reserve()?;
        let hash = place.hash(made.expose().as_bytes()).await?;
        let (accounts, context) = (self.clone(), ctx.clone());
        let letter = self.db.write(async move |tx: &mut Tx| {
            let target = accounts.target(tx, &by, id, Oneself::Refused).await?;
            if matches!(by, By::Person(_)) {
                accounts.require_password(tx, &context).await?;
            }
            accounts.reset_in(tx, &context, &target, (way, &hash)).await
        });
        Ok(match letter.await? {
            Some(masked) => Reset::Letter(masked),
            None => Reset::Temporary(made),
        })
    }

    /// The masked address that a letter went to; `None` where the temporary password counts instead.
    async fn reset_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        target: &Target,
        (way, hash): (Option<ResetWay>, &str),
    ) -> Result<Option<Option<String>>, Fault> {
        let (row, id) = (&target.row, target.row.id);
        if row.status != AccountStatus::Active {
            return Err(Fault::field("/id", "account_not_active"));
        }
        let verified = self.verified_email(tx, row).await?;
        let to = match (way, verified) {
            (Some(ResetWay::Letter), None) => {
                return Err(Fault::field("/by", "email_not_verified"));
            }
            (Some(ResetWay::Temporary), _) => None,
            (_, email) => email,
        };
        let by = to.as_ref().map_or("temporary", |_| "letter");
        let version = row.version + 1;
        let entry = Entry::new(Action::PasswordChange);
        let entry = entry.details(json!({ "by": "administrator", "reset": by }));
        self.record_change(tx, ctx, id, version, entry).await?;
        set(tx, id, to.is_none().then_some(hash), version, ctx.now).await?;
        PASSWORD.unlock(tx, id).await?;
        self.end_sessions(tx, id, None, ctx.now).await?;
        if let Some(email) = &to {
            self.send_link(tx, ctx, row, email).await?;
            return Ok(Some(row.email_masked.clone()));
        }
        let kept = self.config.password_history;
        account::store::remember_password(tx, id, hash, kept, ctx.now).await?;
        must_change(tx, id).await?;
        self.notify(tx, ctx, id, Notice::PasswordReset).await?;
        Ok(None)
    }
}

/// Without a hash no password opens anything until the link has set one.
async fn set(
    tx: &mut Tx,
    id: AccountId,
    hash: Option<&str>,
    version: i64,
    now: hanok_base::Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = concatcp!(
        "UPDATE account SET password_hash = $2, password_changed_at = $3, password_reset_at = ",
        HELD_SINCE,
        ", version = $4 WHERE id = $1 AND version = $4 - 1"
    );
    let set = tx.execute(SQL, params![id, hash, now, version]).await?;
    if set == 1 { Ok(()) } else { Err(DbError::Busy) }
}
