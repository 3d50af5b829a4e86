//! A provider fetches the result: once, or again with the same `Idempotency-Key`.

use hanok_base::Secret;
use hanok_base::secret::sha256;
use hanok_web::Ctx;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Status, effective};
use super::store::{self, TransactionId, TransactionRow};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderRow;

/// Which result: by exactly one of the two.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ResultIn {
    /// The transaction's id.
    pub(super) transaction_id: Option<String>,
    /// The code of a callback.
    #[schema(value_type = Option<String>)]
    pub(super) auth_code: Option<Secret>,
}

impl Identity {
    /// The callback's payload of an ended transaction, in a new JWE.
    ///
    /// # Errors
    /// [`Fault::UnknownTransaction`], [`Fault::NotCompleted`], [`Fault::ResultGone`], or wrong fields.
    pub(super) async fn result(
        &self,
        ctx: &Ctx,
        provider: &ProviderRow,
        input: ResultIn,
        key: Option<String>,
    ) -> Result<String, Fault> {
        let row = self.wanted(provider, input).await?;
        match effective(row.status, row.expires_at, ctx.now) {
            Status::Pending => Err(Fault::NotCompleted),
            Status::Completed => {
                self.redeem(ctx, &row, key).await?;
                self.result_payload(ctx, provider, &row).await
            }
            status @ (Status::Failed | Status::Expired) => {
                self.result_payload(ctx, provider, &TransactionRow { status, ..row })
                    .await
            }
        }
    }

    async fn wanted(
        &self,
        provider: &ProviderRow,
        input: ResultIn,
    ) -> Result<TransactionRow, Fault> {
        match (input.transaction_id, input.auth_code) {
            (Some(id), None) => {
                let id: TransactionId = id.parse().map_err(|_| Fault::UnknownTransaction)?;
                self.own_transaction(provider, id).await
            }
            (None, Some(code)) => {
                let hash = sha256(code.expose().as_bytes());
                let row = self
                    .accounts
                    .db
                    .read(async move |conn| store::find_by_code(conn, &hash).await)
                    .await?;
                row.filter(|row| row.provider_id == provider.id)
                    .ok_or(Fault::UnknownTransaction)
            }
            (Some(_), Some(_)) => Err(Fault::field("/auth_code", "one_of_two")),
            (None, None) => Err(Fault::field("/transaction_id", "required")),
        }
    }

    /// One conditional update: the first key has the result, for ten minutes after completion.
    async fn redeem(
        &self,
        ctx: &Ctx,
        row: &TransactionRow,
        key: Option<String>,
    ) -> Result<(), Fault> {
        let key = key.unwrap_or_else(|| {
            let random = self.accounts.random.bytes::<16>();
            format!("once {}", Uuid::from_bytes(random))
        });
        let (id, after) = (row.id, ctx.now.minus(self.config.result_window()));
        let taken = self
            .accounts
            .db
            .write(async move |tx| store::take_result(tx, id, &key, after).await)
            .await?;
        taken.then_some(()).ok_or(Fault::ResultGone)
    }
}
