//! Reading what became of telling a provider.

use hanok_db::{Page, PageRequest};
use hanok_web::Caller;

use super::store::{self, AttemptRow, COUNTED, DeliveryRow};
use crate::callback::{DeliveryId, DeliveryState};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{self, By, ProviderId, ProviderRow};

/// A page of a provider's deliveries.
pub(super) struct Deliveries {
    pub(super) provider: ProviderRow,
    pub(super) page: Page<DeliveryRow>,
    /// How many the filter lets through, counted up to [`COUNTED`].
    pub(super) total: u64,
    /// There are more than were counted.
    pub(super) is_more: bool,
    /// How many were given up, counted so far too.
    pub(super) dead: u64,
}

/// One delivery with its attempts.
pub(super) struct Detail {
    pub(super) provider: ProviderRow,
    pub(super) delivery: DeliveryRow,
    pub(super) attempts: Vec<AttemptRow>,
}

impl Identity {
    /// A page of the deliveries of a provider that the caller manages: four statements.
    ///
    /// # Errors
    /// Not found, also where the caller may not know of the provider.
    pub(super) async fn deliveries(
        &self,
        caller: &Caller,
        id: ProviderId,
        state: Option<DeliveryState>,
        request: PageRequest,
    ) -> Result<Deliveries, Fault> {
        let by = By::Person(caller.clone());
        let read = self.accounts.db.read(async move |conn| {
            let found = provider::find(conn, id).await?;
            let provider = found.filter(|row| by.reaches(row));
            let provider = provider.ok_or_else(Fault::not_found)?;
            let total = store::count(conn, id, state).await?;
            Ok::<_, Fault>(Deliveries {
                page: store::page(conn, id, state, &request).await?,
                dead: store::dead(conn, id).await?,
                total: total.min(COUNTED),
                is_more: total > COUNTED,
                provider,
            })
        });
        read.await
    }

    /// One delivery of a provider that the caller manages.
    ///
    /// # Errors
    /// Not found, also where the caller may not know of the provider.
    pub(super) async fn delivery_detail(
        &self,
        caller: &Caller,
        provider: ProviderId,
        id: DeliveryId,
    ) -> Result<Detail, Fault> {
        let by = By::Person(caller.clone());
        let read = self.accounts.db.read(async move |conn| {
            let found = provider::find(conn, provider).await?;
            let provider = found.filter(|row| by.reaches(row));
            let provider = provider.ok_or_else(Fault::not_found)?;
            let delivery = store::find(conn, provider.id, id).await?;
            Ok::<_, Fault>(Detail {
                delivery: delivery.ok_or_else(Fault::not_found)?,
                attempts: store::attempts(conn, id).await?,
                provider,
            })
        });
        read.await
    }
}
