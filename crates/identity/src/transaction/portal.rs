//! The portal: a request on a page, and the session of its person that may answer it there.

use hanok_accounts::account::AccountRow;
use hanok_accounts::pin::PinCode;
use hanok_accounts::{AccountId, Fault as AccountsFault};
use hanok_base::Secret;
use hanok_db::Conn;
use hanok_web::error::FieldError;
use hanok_web::{Ctx, Principal};

use super::approve::{Approver, SessionStanding};
use super::confirm::{Confirmation, still_pending};
use super::rules::choices;
use super::store::{self, TransactionId};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::OWN;

/// How a request that waits can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Portal {
    /// Here, by one of these numbers and the PIN.
    Here(Vec<String>),
    /// On the paired phone.
    OnPhone,
    /// Here, once the password is given again.
    PasswordFirst,
    /// Here, once there is a PIN.
    PinFirst,
    /// Nowhere while the PIN is locked.
    PinLocked,
}

impl Identity {
    /// How the caller's own request can be answered; `None` where it waits no more.
    ///
    /// # Errors
    /// `Unauthorized` where nobody is signed in; the store's.
    pub(crate) async fn portal(
        &self,
        ctx: &Ctx,
        id: TransactionId,
    ) -> Result<Option<Portal>, Fault> {
        let (identity, context, account) = (self.clone(), ctx.clone(), session_account(ctx)?);
        self.accounts
            .db
            .read(async move |conn| {
                let row = store::find(conn, id).await?;
                let Some(row) = row.filter(|row| {
                    row.account_id == Some(account) && still_pending(row, context.now).is_ok()
                }) else {
                    return Ok(None);
                };
                if row.provider_id == OWN {
                    return Ok(Some(Portal::OnPhone));
                }
                let numbers = choices(&row.choices);
                let portal = identity.way(conn, &context, account, numbers).await?;
                Ok(Some(portal))
            })
            .await
    }

    async fn way(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        account: AccountId,
        numbers: Vec<String>,
    ) -> Result<Portal, Fault> {
        let standing = self.session_standing(conn, ctx, account).await?;
        if standing == SessionStanding::PhonePaired {
            return Ok(Portal::OnPhone);
        }
        let row: Option<AccountRow> = hanok_accounts::account::find(conn, account).await?;
        let row = row.ok_or(AccountsFault::Unauthorized)?;
        Ok(if row.pin_locked_at.is_some() {
            Portal::PinLocked
        } else if row.pin_changed_at.is_none() {
            Portal::PinFirst
        } else if standing == SessionStanding::PasswordOld {
            Portal::PasswordFirst
        } else {
            Portal::Here(numbers)
        })
    }

    /// Approves a request by the number that was picked and the PIN, as the caller's session.
    ///
    /// # Errors
    /// As for every confirm; both fields are named where they are missing.
    pub(crate) async fn approve_here(
        &self,
        ctx: &Ctx,
        transaction: TransactionId,
        number: Option<String>,
        pin: Option<Secret>,
    ) -> Result<(), Fault> {
        let account = session_account(ctx)?;
        let number = number.filter(|number| !number.is_empty());
        let pin = pin.unwrap_or_default();
        let pin = PinCode::parse(pin.expose());
        let missing = number
            .is_none()
            .then(|| FieldError::new("/binding_code", "binding_code_missing"));
        match (number, pin) {
            (Some(number), Ok(pin)) => {
                let confirmation = Confirmation {
                    transaction,
                    pin,
                    binding_code: Some(number),
                };
                self.confirm(ctx, Approver::Session { account }, confirmation)
                    .await
            }
            (_, pin) => {
                let wrong = pin
                    .err()
                    .map(|fault| FieldError::new("/pin_code", fault.code()));
                Err(Fault::fields(missing.into_iter().chain(wrong).collect()))
            }
        }
    }

    /// Denies a request, as the caller's session.
    ///
    /// # Errors
    /// As for every denial.
    pub(crate) async fn deny_here(
        &self,
        ctx: &Ctx,
        transaction: TransactionId,
    ) -> Result<(), Fault> {
        let account = session_account(ctx)?;
        self.deny(ctx, Approver::Session { account }, transaction)
            .await
    }
}

/// The account whose session calls.
fn session_account(ctx: &Ctx) -> Result<AccountId, Fault> {
    match &ctx.principal {
        Principal::Account(caller) => Ok(caller.account),
        Principal::Device(_) | Principal::Nobody => Err(AccountsFault::Unauthorized.into()),
    }
}
