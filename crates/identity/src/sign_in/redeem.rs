//! The browser goes in: one unit that holds the account, redeems the approval, once, and opens a session.

use hanok_accounts::account::AccountStatus;
use hanok_accounts::audit::Origin;
use hanok_accounts::device;
use hanok_accounts::metrics::phone_sign_in_refused;
use hanok_base::Secret;
use hanok_base::secret::sha256;
use hanok_db::Tx;
use hanok_web::Ctx;

use super::standing::Standing;
use super::store;
use crate::context::Identity;
use crate::fault::Fault;
use crate::transaction::lock_account;

impl Identity {
    /// Redeems an approved sign-in for the browser whose secret this is, and answers its session's cookie.
    ///
    /// # Errors
    /// [`Fault::Expired`] where it is not approved (any more), or the account or its phone has changed since;
    /// [`Fault::AlreadyProcessed`] where it was redeemed before.
    pub(super) async fn redeem_sign_in(&self, ctx: &Ctx, secret: &Secret) -> Result<Secret, Fault> {
        let hash = sha256(secret.expose().as_bytes());
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| identity.redeem_in(tx, &context, &hash).await)
            .await
            .inspect_err(|_| phone_sign_in_refused())
    }

    async fn redeem_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        secret_hash: &[u8; 32],
    ) -> Result<Secret, Fault> {
        let found = store::find(tx, secret_hash).await?;
        let account = found.and_then(|row| row.account_id).ok_or(Fault::Expired)?;
        let locked = lock_account(tx, account).await?.ok_or(Fault::Expired)?;
        // Read again: another tab may have been quicker while this one waited for the account.
        let row = store::find(tx, secret_hash).await?.ok_or(Fault::Expired)?;
        if row.redeemed_at.is_some() {
            return Err(Fault::AlreadyProcessed);
        }
        let unchanged =
            locked.status == AccountStatus::Active && row.account_version == Some(locked.version);
        if !unchanged || self.standing(&row, ctx.now) != Standing::Approved {
            return Err(Fault::Expired);
        }
        let phone = row.device_id.ok_or(Fault::Expired)?;
        // A phone that was revoked since its approval, as one that was lost, lets nobody in.
        let phone = device::store::live(tx, phone).await?;
        if phone.is_none_or(|phone| phone.account_id != account) {
            return Err(Fault::Expired);
        }
        if !store::spend(tx, row.id, secret_hash, ctx.now).await? {
            return Err(Fault::AlreadyProcessed);
        }
        Ok(self.accounts.sign_in_approved(tx, ctx, account).await?)
    }

    /// Takes a sign-in back that the browser no longer wants; of an unknown secret there is nothing to take.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn withdraw_sign_in(&self, ctx: &Ctx, secret: &Secret) -> Result<(), Fault> {
        let hash = sha256(secret.expose().as_bytes());
        let (identity, origin, now) = (self.clone(), Origin::from(ctx), ctx.now);
        self.accounts
            .db
            .write(async move |tx| {
                let Some(row) = store::find(tx, &hash).await? else {
                    return Ok(());
                };
                identity
                    .withdraw_own(tx, &origin, row.id, row.account_id, now)
                    .await?;
                // One that was approved meanwhile lets nobody in either.
                store::spend(tx, row.id, &hash, now).await?;
                Ok(())
            })
            .await
    }
}
