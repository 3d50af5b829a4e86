//! The result that a provider fetches: the callback's payload in a new JWE.

use hanok_accounts::audit::Origin;
use hanok_web::Ctx;

use super::payload::Telling;
use super::store;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderRow;
use crate::transaction::{Status, TransactionRow, is_expired};

impl Identity {
    /// A new JWE of a transaction's result for the provider that asked. Whether it may be fetched (once,
    /// within its time) the caller has decided.
    ///
    /// # Errors
    /// [`Fault::NotCompleted`] while it is pending, [`Fault::ResultGone`] where the code was erased.
    pub async fn result_payload(
        &self,
        ctx: &Ctx,
        provider: &ProviderRow,
        transaction: &TransactionRow,
    ) -> Result<String, Fault> {
        let (identity, origin, now) = (self.clone(), Origin::from(ctx), ctx.now);
        let (provider, transaction) = (provider.clone(), transaction.clone());
        let status = match transaction.status {
            Status::Pending if is_expired(transaction.expires_at, now) => Status::Expired,
            status => status,
        };
        self.accounts
            .db
            .write(async move |tx| {
                let code = match status {
                    Status::Completed => {
                        let row = store::find_of(tx, transaction.id)
                            .await?
                            .ok_or(Fault::ResultGone)?;
                        Some(identity.code_of(&row, now)?.ok_or(Fault::ResultGone)?)
                    }
                    _ => None,
                };
                let telling = Telling {
                    provider: &provider,
                    transaction: &transaction,
                    status,
                    code,
                    origin: &origin,
                };
                identity.payload(tx, &telling, now).await
            })
            .await
    }
}
