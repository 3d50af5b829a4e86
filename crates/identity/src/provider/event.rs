//! What the rest of the house hears of providers.

use hanok_accounts::audit::{Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_events::Event;
use serde::Serialize;

use super::store::ProviderId;
use crate::context::Identity;

/// A provider changed.
#[derive(Serialize)]
struct ProviderChanged {
    provider_id: ProviderId,
    /// What changed, in one word.
    change: &'static str,
}

impl Event for ProviderChanged {
    const TYPE: &'static str = "provider.changed";

    fn key(&self) -> String {
        self.provider_id.to_string()
    }
}

/// A provider's key is due and nothing is announced in its place; told every day until something is.
#[derive(Serialize)]
pub(super) struct ProviderKeyDue {
    pub provider_id: ProviderId,
    pub kid: String,
    pub due_at: Option<Timestamp>,
}

impl Event for ProviderKeyDue {
    const TYPE: &'static str = "provider.key_due";

    fn key(&self) -> String {
        self.provider_id.to_string()
    }
}

impl Identity {
    /// The audit row and the event of a change of `provider`, in the unit that has just made it.
    pub(super) async fn tell_of_provider(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        provider: ProviderId,
        change: &'static str,
        entry: Entry,
    ) -> Result<(), DbError> {
        let target = entry
            .target
            .unwrap_or(("service_provider", provider.uuid()));
        let entry = Entry {
            target: Some(target),
            ..entry.provider(provider.uuid())
        };
        self.accounts.audit.record(tx, origin, entry).await?;
        self.accounts
            .outbox
            .publish(
                tx,
                &ProviderChanged {
                    provider_id: provider,
                    change,
                },
            )
            .await?;
        Ok(())
    }
}
