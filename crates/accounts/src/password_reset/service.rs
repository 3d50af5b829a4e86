//! Setting a new password by a link.

use hanok_base::Secret;
use hanok_base::secret::sha256;
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use super::store;
use crate::account::{self, AccountRow, AccountStatus};
use crate::attempt::PASSWORD;
use crate::audit::words::BY_LINK;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Notice;
use crate::password::{self, Password};
use crate::sign_in::refused;

impl Accounts {
    /// Whether a link still counts; nothing is used up.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where it does not; the store's.
    pub(super) async fn password_link(&self, ctx: &Ctx, code: &str) -> Result<AccountRow, Fault> {
        let (hash, now) = (sha256(code.as_bytes()), ctx.now);
        self.db
            .read(async move |conn| {
                let owner = store::owner(conn, &hash, now).await?;
                let row = account::find(conn, owner.ok_or(Fault::NotFound)?).await?;
                let row = row.filter(|row| row.status == AccountStatus::Active);
                row.ok_or(Fault::NotFound)
            })
            .await
    }

    /// Sets a new password by a link, which is used up: every session ends, the password's lock is lifted, and the
    /// account is told.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for a link that does not count; [`Fault::Fields`] for a password that is too weak, was used
    /// before or differs from its repetition; [`Fault::Busy`].
    pub async fn reset_password(
        &self,
        ctx: &Ctx,
        code: &Secret,
        new: &Secret,
        again: &Secret,
    ) -> Result<(), Fault> {
        let row = self.password_link(ctx, code.expose()).await?;
        let chosen = Password::new(new.expose());
        password::check(&chosen, &row.username.to_lowercase())
            .map_err(|faults| refused(&faults))?;
        if new != again {
            return Err(Fault::field(
                "/new_password_confirm",
                "password_confirm_differs",
            ));
        }
        self.refuse_earlier(row.id, &chosen).await?;
        let place = self.hashes.reserve()?;
        let hash = place.hash(chosen.expose().as_bytes()).await?;
        let token = sha256(code.expose().as_bytes());
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| {
                accounts
                    .set_by_link(tx, &context, &row, &token, &hash)
                    .await
            })
            .await
    }

    async fn set_by_link(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
        token: &[u8; 32],
        hash: &str,
    ) -> Result<(), Fault> {
        let (account, now) = (row.id, ctx.now);
        // The account first: every unit takes locks in one order.
        let version = account::store::next_version(tx, account).await?;
        let version = version.ok_or(Fault::NotFound)?;
        let used = store::finish(tx, token, now).await?;
        used.then_some(()).ok_or(Fault::NotFound)?;
        let status = account::find(tx, account).await?.map(|row| row.status);
        if status != Some(AccountStatus::Active) {
            return Err(Fault::NotFound);
        }
        let entry = Entry::new(Action::PasswordChange)
            .subject(account)
            .target("account", account.uuid())
            .version(version)
            .proven();
        let entry = entry.details(json!({ "by": BY_LINK }));
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        let set = store::set_password(tx, account, hash, version, now).await?;
        set.then_some(()).ok_or(Fault::Busy)?;
        let kept = self.config.password_history;
        account::store::remember_password(tx, account, hash, kept, now).await?;
        self.lift_password_lock(tx, ctx, row).await?;
        self.end_sessions(tx, account, None, now).await?;
        self.notify(tx, ctx, account, Notice::PasswordReset).await
    }

    async fn lift_password_lock(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
    ) -> Result<(), Fault> {
        if !PASSWORD.unlock(tx, row.id).await? || row.password_locked_at.is_none() {
            return Ok(());
        }
        let entry = Entry::new(Action::AccountUnlocked)
            .subject(row.id)
            .target("account", row.id.uuid())
            .details(json!({ "lock": "password" }));
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        Ok(())
    }
}
