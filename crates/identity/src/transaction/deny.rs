//! The person says no.

use hanok_accounts::audit::Origin;
use hanok_web::Ctx;

use super::approve::Approver;
use super::confirm::still_pending;
use super::rules::FailureReason;
use super::store::TransactionId;
use crate::context::Identity;
use crate::fault::Fault;

impl Identity {
    /// Denies a transaction.
    ///
    /// # Errors
    /// As for a confirm, but for what is about the PIN.
    pub(super) async fn deny(
        &self,
        ctx: &Ctx,
        approver: Approver,
        id: TransactionId,
    ) -> Result<(), Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        let denied = self.accounts.db.write(async move |tx| {
            let (row, account, _) = identity.open_for(tx, &context, &approver, id).await?;
            still_pending(&row, context.now)?;
            let origin = Origin {
                actor: Some(account),
                ..Origin::from(&context)
            };
            let denied = identity
                .end_failed(tx, &origin, &row, FailureReason::Denied, context.now)
                .await?;
            denied.then_some(()).ok_or(Fault::AlreadyProcessed)
        });
        self.on_record(ctx, id, denied.await).await
    }
}
