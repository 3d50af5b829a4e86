//! A request that Hanok itself makes: somebody wants to sign in, and the person approves on the phone.

use std::net::IpAddr;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::audit::Origin;
use hanok_base::{Id, Timestamp};
use hanok_db::Tx;

use super::approve::lock_account;
use super::phone_limit;
use super::request::Plan;
use super::rules::{Asked, BindingMessage, FailureReason, Status, draw_numbers};
use super::store::{self, TransactionId, TransactionRow};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{OWN, ProviderRow};

/// Whom Hanok asks, and for which browser.
pub(crate) struct OwnRequest {
    /// Hanok itself.
    pub(crate) provider: ProviderRow,
    /// Who is asked; a decoy asks nobody.
    pub(crate) account: Option<AccountId>,
    /// The phone that is asked; a decoy's is that of no phone.
    pub(crate) phone_index: [u8; 32],
    /// Where the browser is, which the phone shows.
    pub(crate) address: IpAddr,
}

impl Identity {
    /// Counts a request of Hanok itself; the caller's unit holds the account's lock already.
    ///
    /// # Errors
    /// [`Fault::TooManyForPhone`].
    pub(crate) async fn count_own(
        &self,
        tx: &mut Tx,
        phone_index: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), Fault> {
        phone_limit::count(tx, phone_index, OWN, &self.config, now).await
    }

    /// Writes a request of Hanok itself down, in place of the one before. Its account is locked and it is counted.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn ask_own(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        asked: OwnRequest,
        now: Timestamp,
    ) -> Result<TransactionId, Fault> {
        if let Some(pending) = store::pending_of_phone(tx, OWN, &asked.phone_index).await? {
            self.supersede(tx, origin, &pending, now).await?;
        }
        let account = asked.account;
        let plan = self.plan_own(asked, now);
        self.write_down(tx, origin, &plan, account, now).await?;
        Ok(plan.id)
    }

    fn plan_own(&self, asked: OwnRequest, now: Timestamp) -> Plan {
        let (numbers, binding_code) = draw_numbers(&self.accounts.random);
        let lives = Duration::from_secs(u64::from(self.config.transaction_seconds));
        Plan {
            provider: asked.provider,
            phone_index: asked.phone_index,
            indexes: Vec::new(),
            asked: Asked {
                message: Some(BindingMessage::of_address(asked.address)),
                state: None,
                lives,
            },
            id: Id::new(&self.accounts.clock, &self.accounts.random),
            numbers: numbers.map(|number| number.to_string()).join(","),
            binding_code,
            expires_at: now.plus(lives),
            answer: String::new(),
            key: None,
        }
    }

    /// Takes a request of Hanok itself back, if it still waits. The account is locked first.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn withdraw_own(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        id: TransactionId,
        account: Option<AccountId>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if let Some(account) = account {
            lock_account(tx, account).await?;
        }
        let waits = |row: &TransactionRow| row.status == Status::Pending && row.expires_at > now;
        if let Some(row) = store::find(tx, id).await?.filter(waits) {
            self.end_failed(tx, origin, &row, FailureReason::Withdrawn, now)
                .await?;
        }
        Ok(())
    }
}

/// Forgets what browsers asked before `before`, and with it decoys of Hanok itself that were asked by then
/// and have ended: they are about nobody, and anybody can cause them.
pub(crate) async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<(), hanok_db::DbError> {
    const ASKED: &str = "DELETE FROM phone_sign_in WHERE created_at < $1";
    const DECOYS: &str = "DELETE FROM auth_transaction WHERE provider_id = $1 AND created_at < $2 \
        AND account_id IS NULL AND status <> 'PENDING'";
    tx.execute(ASKED, hanok_db::params![before]).await?;
    tx.execute(DECOYS, hanok_db::params![OWN, before])
        .await
        .map(|_| ())
}
