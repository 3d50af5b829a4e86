//! Closing one's own account: sign-in ends at once, the rest is erased when the grace is over.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Tx, params};
use hanok_web::Ctx;
use serde_json::json;

use super::{Others, SET_STATUS, other_super_admin};
use crate::AccountId;
use crate::account::{self, AccountStatus};
use crate::audit::{Action, Entry};
use crate::authority::still_holds;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::leaving;
use crate::leaving::store::{self, Reopened};
use crate::mail::Notice;
use crate::session::confirm::in_person;

impl Accounts {
    /// Closes the caller's own account; answers when it will be erased. Asks for the password.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`]; [`Fault::LastSuperAdmin`]; [`Fault::Forbidden`] for an API key.
    pub(crate) async fn close_mine(&self, ctx: &Ctx) -> Result<Timestamp, Fault> {
        in_person(ctx)?;
        let (accounts, context) = (self.clone(), ctx.clone());
        let closed = self
            .db
            .write(async move |tx: &mut Tx| accounts.close_in(tx, &context).await)
            .await;
        if matches!(closed, Err(Fault::LastSuperAdmin)) {
            let tried = json!({ "closed": "the last super_admin" });
            self.record_refusal(ctx, tried).await;
        }
        closed
    }

    async fn close_in(&self, tx: &mut Tx, ctx: &Ctx) -> Result<Timestamp, Fault> {
        let caller = in_person(ctx)?;
        let id = caller.account;
        // The order of locks is that of every unit: who administers, then the account.
        let others = other_super_admin(tx, id).await?;
        account::store::lock(tx, id).await?;
        still_holds(tx, caller).await?;
        self.require_password(tx, ctx).await?;
        if others == Others::None {
            return Err(Fault::LastSuperAdmin);
        }
        let row = account::find(tx, id).await?.ok_or(Fault::NotFound)?;
        let version = row.version + 1;
        let entry = Entry::new(Action::UserInfoUpdate).details(json!({ "closed": true }));
        self.record_change(tx, ctx, id, version, entry).await?;
        let disabled = AccountStatus::Disabled;
        let set = tx
            .execute(SET_STATUS, params![id, disabled, version])
            .await?;
        (set == 1).then_some(()).ok_or(Fault::Busy)?;
        let erase_at = ctx.now.plus(self.closing_grace());
        store::insert(tx, id, ctx.now, erase_at).await?;
        self.notify(tx, ctx, id, Notice::AccountClosed).await?;
        self.end_sessions(tx, id, None, ctx.now).await?;
        self.tell_change(tx, ctx, id).await?;
        Ok(erase_at)
    }

    /// How long a closed account can be opened again.
    pub(crate) fn closing_grace(&self) -> Duration {
        Duration::from_hours(u64::from(self.config.closing_grace_days) * 24)
    }

    /// Takes the closing of an account back where there is one, inside the unit that switches it on; says whether there
    /// was one.
    ///
    /// # Errors
    /// [`Fault::Fields`] for one that is erased.
    pub(super) async fn reopen_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        id: AccountId,
    ) -> Result<bool, Fault> {
        match store::reopen(tx, id).await? {
            Reopened::NotClosed => Ok(false),
            Reopened::Opened => {
                self.notify(tx, ctx, id, Notice::AccountReopened).await?;
                Ok(true)
            }
            Reopened::Erased => Err(Fault::field("/status", "account_erased")),
        }
    }
}

/// Refuses an account that is erased: what were written to it would never be erased again.
///
/// # Errors
/// [`Fault::Fields`] at `pointer`; the store's.
pub(super) async fn refuse_erased(
    tx: &mut Tx,
    id: AccountId,
    pointer: &'static str,
) -> Result<(), Fault> {
    let is_erased = leaving::is_erased(tx, id).await?;
    (!is_erased)
        .then_some(())
        .ok_or_else(|| Fault::field(pointer, "account_erased"))
}
