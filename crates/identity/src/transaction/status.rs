//! What a provider sees of its transaction.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_web::Ctx;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{FailureReason, Status, effective};
use super::store::{self, TransactionId, TransactionRow};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderRow;

/// A transaction, as its provider sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusOut {
    /// Its id.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// `PENDING`, `COMPLETED`, `FAILED` or `EXPIRED`.
    #[schema(value_type = String)]
    status: Status,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When the person approved.
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    failure_reason: Option<FailureReason>,
}

impl Identity {
    /// The status of a provider's own transaction.
    ///
    /// # Errors
    /// [`Fault::UnknownTransaction`] also for another provider's; [`Fault::PolledTooFast`].
    pub(super) async fn status(
        &self,
        ctx: &Ctx,
        provider: &ProviderRow,
        id: TransactionId,
    ) -> Result<StatusOut, Fault> {
        let row = self.own_transaction(provider, id).await?;
        let interval = Duration::from_secs(u64::from(self.config.poll_interval_seconds));
        self.polls
            .poll(id, interval, ctx.now)
            .map_err(Fault::PolledTooFast)?;
        let status = effective(row.status, row.expires_at, ctx.now);
        Ok(StatusOut {
            transaction_id: row.id,
            status,
            created_at: row.created_at,
            expires_at: row.expires_at,
            completed_at: row.ended_at.filter(|_| status == Status::Completed),
            failure_reason: row.failure_reason,
        })
    }

    /// A transaction of this provider.
    pub(super) async fn own_transaction(
        &self,
        provider: &ProviderRow,
        id: TransactionId,
    ) -> Result<TransactionRow, Fault> {
        let row = self
            .accounts
            .db
            .read(async move |conn| store::find(conn, id).await)
            .await?;
        row.filter(|row| row.provider_id == provider.id)
            .ok_or(Fault::UnknownTransaction)
    }
}
