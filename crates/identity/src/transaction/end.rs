//! The end of a transaction: the row, its audit row and what the provider is told, in the caller's unit.

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::Tx;
use hanok_events::Event;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rules::{FailureReason, Status, is_expired};
use super::store::{self, TransactionId, TransactionRow};
use crate::callback::Ending;
use crate::context::Identity;
use crate::fault::Fault;
use crate::metrics;
use crate::provider::{self, ProviderId, ProviderRow};

/// A transaction ended.
#[derive(Serialize, Deserialize)]
pub(crate) struct TransactionEnded {
    pub transaction_id: TransactionId,
    pub provider_id: ProviderId,
    pub account_id: Option<AccountId>,
    pub status: Status,
}

impl Event for TransactionEnded {
    const TYPE: &'static str = "transaction.ended";

    fn key(&self) -> String {
        self.transaction_id.to_string()
    }
}

impl Identity {
    /// PENDING → FAILED, told to the provider; `false` where it is not pending any more.
    pub(super) async fn end_failed(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        row: &TransactionRow,
        reason: FailureReason,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        // The audit row first: the database writes one of its own for a change that has none.
        self.audit_end(tx, origin, row, Status::Failed, Some(reason))
            .await?;
        if !store::fail(tx, row.id, reason, now).await? {
            return Ok(false);
        }
        metrics::ended(tx, Status::Failed, Some(reason));
        let provider = self.provider_of(tx, row).await?;
        self.told(tx, &provider, row, Status::Failed, Ending::Failed, now)
            .await?;
        Ok(true)
    }

    /// PENDING → EXPIRED, told to the provider.
    pub(super) async fn end_expired(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        row: &TransactionRow,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        self.audit_end(tx, origin, row, Status::Expired, None)
            .await?;
        if !store::expire(tx, row.id, now).await? {
            return Ok(false);
        }
        metrics::ended(tx, Status::Expired, None);
        let provider = self.provider_of(tx, row).await?;
        self.told(tx, &provider, row, Status::Expired, Ending::Expired, now)
            .await?;
        Ok(true)
    }

    /// Ends a transaction that another request takes the place of.
    pub(super) async fn supersede(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        row: &TransactionRow,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let ended = if is_expired(row.expires_at, now) {
            self.end_expired(tx, origin, row, now).await?
        } else {
            self.end_failed(tx, origin, row, FailureReason::Superseded, now)
                .await?
        };
        ended
            .then_some(())
            .ok_or_else(|| Fault::internal("a locked pending transaction did not end"))
    }

    /// Ends what still waits for a person who is gone. The account is locked.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn end_pending_of(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        for row in store::lock_pending_of_account(tx, account).await? {
            if is_expired(row.expires_at, now) {
                self.end_expired(tx, origin, &row, now).await?;
            } else {
                self.end_failed(tx, origin, &row, FailureReason::NotConfirmed, now)
                    .await?;
            }
        }
        Ok(())
    }

    /// What follows an end: the provider's callback and the event; for a decoy as for any other, so that
    /// its provider sees no difference.
    pub(super) async fn told(
        &self,
        tx: &mut Tx,
        provider: &ProviderRow,
        row: &TransactionRow,
        status: Status,
        ending: Ending<'_>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        // Of a sign-in Hanok itself knows how it ended.
        if !provider.is_own() {
            self.tell(tx, provider, row.id, ending, now).await?;
        }
        let event = TransactionEnded {
            transaction_id: row.id,
            provider_id: row.provider_id,
            account_id: row.account_id,
            status,
        };
        self.accounts.outbox.publish(tx, &event).await?;
        self.show_end(tx, row, status);
        Ok(())
    }

    pub(super) async fn provider_of(
        &self,
        tx: &mut Tx,
        row: &TransactionRow,
    ) -> Result<ProviderRow, Fault> {
        let provider = provider::find(tx, row.provider_id).await?;
        provider.ok_or_else(|| Fault::internal("a transaction has no provider"))
    }

    pub(super) async fn audit_end(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        row: &TransactionRow,
        status: Status,
        reason: Option<FailureReason>,
    ) -> Result<(), Fault> {
        let action = match status {
            Status::Completed => Action::AuthCompleted,
            Status::Failed => Action::AuthFailed,
            Status::Expired => Action::AuthExpired,
            Status::Pending => Action::AuthStatusChange,
        };
        let mut entry = Entry::new(action)
            .target("auth_transaction", row.id.uuid())
            .version(status.as_str())
            .provider(row.provider_id.uuid());
        if let Some(account) = row.account_id {
            entry = entry.subject(account);
        }
        if let Some(reason) = reason {
            entry = entry.details(json!({ "reason": reason }));
        }
        self.accounts.audit.record(tx, origin, entry).await?;
        Ok(())
    }
}
