//! Telling a provider again what was given up.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_db::Tx;
use hanok_events::discard_job;
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::store::{self, Revived};
use crate::callback::{self, DeliveryId};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{By, ProviderId, ProviderRow};

/// How many are revived in one unit: others write in between.
const AT_ONCE: u32 = 100;

impl Identity {
    /// Queues a delivery again that was given up; it is tried for as long as a new one. Its code is erased, so
    /// the provider gets `"auth_code": null`.
    ///
    /// # Errors
    /// Not found; a conflict where it was not given up, where its person is erased, or where the provider cannot be
    /// told now.
    pub(super) async fn replay_delivery(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        provider: ProviderId,
        id: DeliveryId,
    ) -> Result<(), Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        let by = By::Person(caller.clone());
        let unit = self.accounts.db.write(async move |tx| {
            let row = identity.provider_to_change(tx, &by, provider).await?;
            if store::find(tx, provider, id).await?.is_none() {
                return Err(Fault::not_found());
            }
            can_be_told(&row)?;
            let revived = store::revive(tx, provider, id).await?;
            let Some(revived) = revived else {
                return Err(not_revived(tx, id).await?);
            };
            identity.queue_again(tx, provider, &revived).await?;
            let entry = Entry::new(Action::AdminAction)
                .provider(provider.uuid())
                .target("callback_delivery", id.uuid())
                .details(json!({ "act": "delivery_replayed" }));
            let origin = Origin::from(&context);
            identity.accounts.audit.record(tx, &origin, entry).await?;
            Ok(())
        });
        unit.await
    }

    /// The same for every delivery of a provider that was given up. Returns how many there were.
    ///
    /// # Errors
    /// As [`replay_delivery`](Self::replay_delivery); those queued before it stay so.
    pub(super) async fn replay_deliveries(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        provider: ProviderId,
    ) -> Result<u64, Fault> {
        let mut all = 0;
        loop {
            let count = self.replay_some(ctx, caller, provider).await?;
            all += count;
            if count < u64::from(AT_ONCE) {
                return Ok(all);
            }
        }
    }

    async fn replay_some(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        provider: ProviderId,
    ) -> Result<u64, Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        let by = By::Person(caller.clone());
        let unit = self.accounts.db.write(async move |tx| {
            let row = identity.provider_to_change(tx, &by, provider).await?;
            can_be_told(&row)?;
            let revived = store::revive_some(tx, provider, AT_ONCE).await?;
            for one in &revived {
                identity.queue_again(tx, provider, one).await?;
            }
            let count = u64::try_from(revived.len()).unwrap_or_default();
            if count > 0 {
                let entry = Entry::new(Action::AdminAction)
                    .provider(provider.uuid())
                    .target("service_provider", provider.uuid())
                    .details(json!({ "act": "deliveries_replayed", "count": count }));
                let origin = Origin::from(&context);
                identity.accounts.audit.record(tx, &origin, entry).await?;
            }
            Ok(count)
        });
        unit.await
    }

    /// A new job in place of the one that was given up.
    async fn queue_again(
        &self,
        tx: &mut Tx,
        provider: ProviderId,
        (id, job): &Revived,
    ) -> Result<(), Fault> {
        if let Some(job) = job {
            // It may have been replayed or thrown away among the dead letters: then it is not there.
            discard_job(tx, callback::KIND, *job).await?;
        }
        self.queue_delivery(tx, provider, *id).await?;
        Ok(())
    }
}

/// Why a delivery is not told again.
async fn not_revived(tx: &mut Tx, id: DeliveryId) -> Result<Fault, Fault> {
    let text = if store::is_of_erased(tx, id).await? {
        "conflict.person_erased"
    } else {
        "conflict.delivery_not_dead"
    };
    Ok(Fault::Conflict(text))
}

fn can_be_told(row: &ProviderRow) -> Result<(), Fault> {
    callback::address(row)
        .map(drop)
        .map_err(|_| Fault::Conflict("conflict.provider_cannot_be_told"))
}
