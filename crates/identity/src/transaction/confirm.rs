//! The person approves: a place for the hash, an attempt reserved, the hash, and one unit that decides.

use hanok_accounts::account::AccountStatus;
use hanok_accounts::attempt::{PIN, Reserved};
use hanok_accounts::audit::Origin;
use hanok_accounts::pin::PinCode;
use hanok_accounts::{AccountId, Fault as AccountsFault, pin_code};
use hanok_base::secret::sha256;
use hanok_base::{Secret, Timestamp};
use hanok_db::Tx;
use hanok_web::Ctx;

use super::approve::{Approver, lock_account};
use super::rules::{FailureReason, Status, is_expired};
use super::store::{self, TransactionId, TransactionRow};
use crate::callback::Ending;
use crate::context::Identity;
use crate::fault::Fault;
use crate::metrics;
use crate::provider::OWN;

/// What a person sends to approve.
pub(super) struct Confirmation {
    pub transaction: TransactionId,
    pub pin: PinCode,
    /// The number the person picked; only the demo may leave it out.
    pub binding_code: Option<String>,
}

/// An attempt that may now be hashed.
struct Attempt {
    row: TransactionRow,
    account: AccountId,
    reserved: Reserved,
    pin_hash: Option<Vec<u8>>,
}

/// What the first unit came to; a wrong number must be committed as well.
enum Opened {
    Reserved(Box<Attempt>),
    WrongNumber,
}

impl Identity {
    /// Approves a transaction.
    ///
    /// # Errors
    /// [`Fault::UnknownTransaction`], [`Fault::AlreadyProcessed`], [`Fault::Expired`],
    /// [`Fault::BindingMismatch`], [`Fault::DeviceRequired`], and of accounts `InvalidPin`, `Locked`,
    /// `Busy`, `InvalidDevice`.
    pub(super) async fn confirm(
        &self,
        ctx: &Ctx,
        approver: Approver,
        confirmation: Confirmation,
    ) -> Result<(), Fault> {
        // First of all a place: a 503 spends nothing.
        let place = self
            .accounts
            .hashes
            .reserve()
            .map_err(AccountsFault::from)?;
        let Confirmation {
            transaction,
            pin,
            binding_code,
        } = confirmation;
        let (identity, context, by) = (self.clone(), ctx.clone(), approver.clone());
        let opened = self.accounts.db.write(async move |tx| {
            identity
                .reserve(tx, &context, &by, transaction, binding_code.as_deref())
                .await
        });
        let opened = opened.await;
        let attempt = match self.on_record(ctx, transaction, opened).await? {
            Opened::Reserved(attempt) => *attempt,
            Opened::WrongNumber => return Err(Fault::BindingMismatch),
        };
        let verdict = match &attempt.pin_hash {
            Some(sealed) => {
                place
                    .verify(
                        pin.expose(),
                        &self.accounts.pin_hash(attempt.account, sealed)?,
                    )
                    .await
            }
            None => place.verify_dummy(pin.expose()).await,
        };
        // Hashing took its time: a late confirm loses.
        let now = self.accounts.clock.now();
        if verdict.map_err(AccountsFault::from)?.ok {
            self.settle_right(ctx, approver, attempt, now).await
        } else {
            self.settle_wrong(ctx, attempt, now).await
        }
    }

    /// Step 1: everything checked, the attempt counted on the account and then on the transaction.
    async fn reserve(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        approver: &Approver,
        id: TransactionId,
        picked: Option<&str>,
    ) -> Result<Opened, Fault> {
        let (row, account, locked) = self.open_for(tx, ctx, approver, id).await?;
        still_pending(&row, ctx.now)?;
        if locked.pin_locked || locked.status != AccountStatus::Active {
            return Err(AccountsFault::Locked.into());
        }
        match picked {
            Some(picked) if picked != row.binding_code.to_string() => {
                self.end_failed(
                    tx,
                    &Origin::from(ctx),
                    &row,
                    FailureReason::NotConfirmed,
                    ctx.now,
                )
                .await?;
                return Ok(Opened::WrongNumber);
            }
            None if !self.config.confirm_without_device || row.provider_id == OWN => {
                return Err(Fault::field("/binding_code", "required"));
            }
            _ => {}
        }
        let reserved = PIN
            .reserve(tx, account, self.accounts.pin_rule(ctx), ctx.now)
            .await?;
        let most = self.config.pin_attempts_per_transaction;
        if !store::spend_attempt(tx, id, most, ctx.now).await? {
            return Err(Fault::AlreadyProcessed);
        }
        let pin_hash = pin_code::store::hash(tx, account).await?;
        Ok(Opened::Reserved(Box::new(Attempt {
            row,
            account,
            reserved,
            pin_hash,
        })))
    }

    /// Step 3 after the right PIN: the account first, then phone and provider, and the row count of
    /// PENDING → COMPLETED decides the winner.
    async fn settle_right(
        &self,
        ctx: &Ctx,
        approver: Approver,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let (identity, origin) = (self.clone(), Origin::from(ctx));
        let code = Secret::new(self.accounts.random.token());
        self.accounts
            .db
            .write(async move |tx| {
                let Attempt {
                    row,
                    account,
                    reserved,
                    ..
                } = attempt;
                let locked = lock_account(tx, account)
                    .await?
                    .ok_or(Fault::UnknownTransaction)?;
                if locked.pin_locked || locked.status != AccountStatus::Active {
                    return Err(AccountsFault::Locked.into());
                }
                if locked.version != reserved.version
                    || !PIN.succeed(tx, account, reserved.version).await?
                {
                    return Err(Fault::AlreadyProcessed);
                }
                identity.still_paired(tx, &approver, now).await?;
                let provider = identity.provider_of(tx, &row).await?;
                provider
                    .active
                    .then_some(())
                    .ok_or(Fault::AlreadyProcessed)?;
                let origin = Origin {
                    actor: Some(account),
                    ..origin
                };
                identity
                    .audit_end(tx, &origin, &row, Status::Completed, None)
                    .await?;
                let hash = sha256(code.expose().as_bytes());
                if !store::complete(tx, row.id, &hash, approver.device(), now).await? {
                    return Err(if is_expired(row.expires_at, now) {
                        Fault::Expired
                    } else {
                        Fault::AlreadyProcessed
                    });
                }
                metrics::ended(tx, Status::Completed, None);
                identity
                    .told(
                        tx,
                        &provider,
                        &row,
                        Status::Completed,
                        Ending::Completed { auth_code: &code },
                        now,
                    )
                    .await
            })
            .await
    }

    /// The phone that approves is still paired; its nonce was recorded in step 1.
    async fn still_paired(
        &self,
        tx: &mut Tx,
        approver: &Approver,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Approver::Device { device, .. } = approver else {
            return Ok(());
        };
        let live = hanok_accounts::device::store::used(tx, *device, now).await?;
        live.then_some(())
            .ok_or(Fault::Accounts(AccountsFault::InvalidDevice("revoked")))
    }

    /// Step 3 after a wrong PIN: the transaction fails with its last attempt; the fifth failure locks the
    /// PIN and fails every other pending transaction of the account.
    async fn settle_wrong(&self, ctx: &Ctx, attempt: Attempt, now: Timestamp) -> Result<(), Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| {
                let Attempt {
                    row,
                    account,
                    reserved,
                    ..
                } = attempt;
                let origin = Origin {
                    actor: Some(account),
                    ..Origin::from(&context)
                };
                lock_account(tx, account).await?;
                let rule = identity.accounts.pin_rule(&context);
                let locked = identity
                    .accounts
                    .pin_failed(tx, &origin, account, reserved, rule, now)
                    .await?;
                for pending in store::lock_pending_of_account(tx, account).await? {
                    let own = pending.id == row.id
                        && pending.attempts
                            >= i64::from(identity.config.pin_attempts_per_transaction);
                    if (own || locked) && !is_expired(pending.expires_at, now) {
                        identity
                            .end_failed(tx, &origin, &pending, FailureReason::NotConfirmed, now)
                            .await?;
                    }
                }
                Ok::<_, Fault>(())
            })
            .await?;
        Err(AccountsFault::InvalidPin.into())
    }
}

/// Refuses a transaction that has ended or whose time has passed.
pub(super) fn still_pending(row: &TransactionRow, now: Timestamp) -> Result<(), Fault> {
    match row.status {
        Status::Pending if is_expired(row.expires_at, now) => Err(Fault::Expired),
        Status::Pending => Ok(()),
        Status::Expired => Err(Fault::Expired),
        Status::Completed | Status::Failed => Err(Fault::AlreadyProcessed),
    }
}
