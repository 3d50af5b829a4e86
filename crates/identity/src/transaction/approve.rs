//! Who may confirm or deny: a paired phone, or where the rules allow it the account's own session.

use hanok_accounts::account::AccountStatus;
use hanok_accounts::device::{self, DeviceId};
use hanok_accounts::{AccountId, Fault as AccountsFault};
use hanok_base::Timestamp;
use hanok_db::{Conn, Tx, params};
use hanok_web::{Ctx, Principal};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, TransactionId, TransactionRow};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{OWN, ProviderId};

/// Who approves.
#[derive(Clone, Debug)]
pub(super) enum Approver {
    /// A paired phone, with the nonce of its signature.
    Device {
        account: AccountId,
        device: DeviceId,
        nonce: String,
    },
    /// The account's own session.
    Session { account: AccountId },
    /// The demo, where neither is asked for: whoever has the transaction's id.
    Anybody,
}

/// An account under lock, inside a unit.
pub(crate) struct LockedAccount {
    pub version: i64,
    pub status: AccountStatus,
    pub pin_locked: bool,
}

/// Whether a session may confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionStanding {
    /// It may.
    May,
    /// A phone is paired: only that may.
    PhonePaired,
    /// The password was given too long ago.
    PasswordOld,
}

impl Approver {
    /// The account this approver stands for; `None`: that of any transaction.
    fn account(&self) -> Option<AccountId> {
        match self {
            Self::Device { account, .. } | Self::Session { account } => Some(*account),
            Self::Anybody => None,
        }
    }

    /// Whether this approver may answer what `provider` asks: only a phone lets anybody in, the demo's too.
    fn may_answer(&self, provider: ProviderId) -> Result<(), Fault> {
        match self {
            Self::Session { .. } if provider == OWN => Err(Fault::DeviceRequired),
            Self::Anybody if provider == OWN => Err(Fault::UnknownTransaction),
            Self::Device { .. } | Self::Session { .. } | Self::Anybody => Ok(()),
        }
    }

    /// The phone, where it is one.
    pub(super) fn device(&self) -> Option<Uuid> {
        match self {
            Self::Device { device, .. } => Some(device.uuid()),
            Self::Session { .. } | Self::Anybody => None,
        }
    }
}

impl Identity {
    /// Who calls, where somebody does who could approve.
    pub(super) fn approver(&self, ctx: &Ctx) -> Result<Approver, Fault> {
        match &ctx.principal {
            Principal::Device(phone) => Ok(Approver::Device {
                account: phone.account,
                device: DeviceId::from_uuid(phone.device),
                nonce: phone.nonce.clone(),
            }),
            _ if self.config.confirm_without_device => Ok(Approver::Anybody),
            Principal::Account(caller) if caller.session.is_some() => Ok(Approver::Session {
                account: caller.account,
            }),
            Principal::Account(_) | Principal::Nobody => {
                Err(Fault::Accounts(AccountsFault::Unauthorized))
            }
        }
    }

    /// The transaction an approver may see, its account locked, everything about the approver checked.
    /// The account is locked before anything else is.
    ///
    /// # Errors
    /// [`Fault::UnknownTransaction`] also for another person's; [`Fault::DeviceRequired`] where a session
    /// is not enough; a fault of the phone's signature.
    pub(super) async fn open_for(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        approver: &Approver,
        id: TransactionId,
    ) -> Result<(TransactionRow, AccountId, LockedAccount), Fault> {
        let row = store::find(tx, id)
            .await?
            .ok_or(Fault::UnknownTransaction)?;
        let account = row.account_id.ok_or(Fault::UnknownTransaction)?;
        if approver.account().is_some_and(|own| own != account) {
            return Err(Fault::AnothersTransaction);
        }
        approver.may_answer(row.provider_id)?;
        let locked = lock_account(tx, account)
            .await?
            .ok_or(Fault::UnknownTransaction)?;
        self.admit(tx, ctx, approver, ctx.now).await?;
        // Read again: another unit may have ended it while this one waited for the account.
        let row = store::find(tx, id)
            .await?
            .ok_or(Fault::UnknownTransaction)?;
        Ok((row, account, locked))
    }

    /// Puts it on the record where somebody tried to answer for another.
    pub(super) async fn on_record<T>(
        &self,
        ctx: &Ctx,
        id: TransactionId,
        answered: Result<T, Fault>,
    ) -> Result<T, Fault> {
        if matches!(answered, Err(Fault::AnothersTransaction)) {
            let tried = json!({ "transaction": id, "tried": "answer" });
            self.accounts.record_refusal(ctx, tried).await;
        }
        answered
    }

    /// What an approver must prove inside the unit: the phone's nonce is new and the phone not revoked;
    /// the session has given the password lately and no phone is paired.
    pub(super) async fn admit(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        approver: &Approver,
        now: Timestamp,
    ) -> Result<(), Fault> {
        match approver {
            Approver::Device { device, nonce, .. } => {
                let live = device::store::used(tx, *device, now).await?
                    && device::store::record_nonce(tx, *device, nonce, now).await?;
                live.then_some(())
                    .ok_or(Fault::Accounts(AccountsFault::InvalidDevice(
                        "revoked, or the nonce was used",
                    )))
            }
            Approver::Session { account } => self.admit_session(tx, ctx, *account).await,
            Approver::Anybody => Ok(()),
        }
    }

    async fn admit_session(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<(), Fault> {
        match self.session_standing(conn, ctx, account).await? {
            SessionStanding::May => Ok(()),
            SessionStanding::PhonePaired | SessionStanding::PasswordOld => {
                Err(Fault::DeviceRequired)
            }
        }
    }

    /// Where the caller's session stands: whether it may confirm, and if not, why.
    pub(super) async fn session_standing(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<SessionStanding, Fault> {
        if !self.config.confirm_by_session && device::store::any(conn, account).await? {
            return Ok(SessionStanding::PhonePaired);
        }
        let within = std::time::Duration::from_secs(
            u64::from(self.accounts.config.approval_password_minutes) * 60,
        );
        match self
            .accounts
            .require_password_within(conn, ctx, within)
            .await
        {
            Err(AccountsFault::PasswordRequired) => Ok(SessionStanding::PasswordOld),
            other => Ok(other.map(|()| SessionStanding::May)?),
        }
    }

    /// Whether a session may be shown the numbers to pick from: they go only to what may confirm.
    pub(super) async fn may_session_confirm(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<bool, Fault> {
        match self.admit_session(conn, ctx, account).await {
            Ok(()) => Ok(true),
            Err(Fault::DeviceRequired) => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}

/// Locks an account's row, the first lock of every unit of identity.
pub(crate) async fn lock_account(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Option<LockedAccount>, Fault> {
    const SQL: &str = "SELECT version, status, pin_locked_at IS NOT NULL FROM account WHERE id = $1 /*for_update*/";
    let row: Option<(i64, AccountStatus, bool)> = conn.optional(SQL, params![account]).await?;
    Ok(row.map(|(version, status, pin_locked)| LockedAccount {
        version,
        status,
        pin_locked,
    }))
}
