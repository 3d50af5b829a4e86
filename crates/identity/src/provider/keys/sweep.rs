//! What becomes of keys and secrets by time alone.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::Tx;
use hanok_events::Schedule;
use serde_json::json;

use super::{KeyRow, KeyState, MOST_USES, rows};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::event::ProviderKeyDue;
use crate::provider::store;

/// Moving keys on every minute, and warning about old ones every day, each once across all processes.
pub fn schedules(identity: &Identity) -> Vec<Schedule> {
    let (sweeping, warning) = (identity.clone(), identity.clone());
    vec![
        Schedule {
            name: "identity.sweep_keys",
            every: Duration::from_mins(1),
            run: Arc::new(move |now| {
                let identity = sweeping.clone();
                Box::pin(async move {
                    identity
                        .sweep_keys(now)
                        .await
                        .map_err(|fault| fault.to_string())
                })
            }),
        },
        Schedule {
            name: "identity.warn_of_old_keys",
            every: Duration::from_hours(24),
            run: Arc::new(move |now| {
                let identity = warning.clone();
                Box::pin(async move {
                    identity
                        .warn_of_old_keys(now)
                        .await
                        .map_err(|fault| fault.to_string())
                })
            }),
        },
    ]
}

impl Identity {
    /// Brings announced keys into use whose time has come, retires retiring ones, forgets expired secrets.
    ///
    /// # Errors
    /// The store's; keys moved before it stay moved.
    pub async fn sweep_keys(&self, now: Timestamp) -> Result<(), Fault> {
        for key in self
            .accounts
            .db
            .read(async move |conn| rows::due(conn, now).await)
            .await?
        {
            let identity = self.clone();
            self.accounts
                .db
                .write(async move |tx| identity.move_on(tx, &key, now).await)
                .await?;
        }
        self.accounts
            .db
            .write(async move |tx| store::drop_expired_secrets(tx, now).await)
            .await?;
        Ok(())
    }

    async fn move_on(&self, tx: &mut Tx, key: &KeyRow, now: Timestamp) -> Result<(), Fault> {
        // Locked first, as wherever a provider changes.
        let Some(provider) = store::lock(tx, key.provider_id).await? else {
            return Ok(());
        };
        let origin = Origin::system("identity.sweep_keys");
        if key.state == KeyState::Announced {
            // Somebody may have been quicker.
            let fresh = rows::find(tx, provider.id, &key.key_name).await?;
            return match fresh.filter(|key| key.state == KeyState::Announced) {
                Some(key) => {
                    self.take_into_use(tx, &origin, &provider, &key, "program", now)
                        .await
                }
                None => Ok(()),
            };
        }
        if rows::retire(tx, key.id, now).await? {
            self.raise(tx, &provider, now).await?;
            let entry = Entry::new(Action::KeyRotation)
                .target("provider_key", key.id.uuid())
                .version(KeyState::Retired);
            let entry = entry.details(json!({ "by": "program", "kid": key.key_name }));
            self.tell_of_provider(tx, &origin, provider.id, "key_retired", entry)
                .await?;
        }
        Ok(())
    }

    /// Warns, in the log and by `provider.key_due`, of active keys that are due within
    /// `identity.key_retiring_days` or half used up, while nothing is announced in their place.
    ///
    /// # Errors
    /// The store's.
    pub async fn warn_of_old_keys(&self, now: Timestamp) -> Result<(), Fault> {
        let by = now.plus(self.key_overlap());
        let old = self
            .accounts
            .db
            .read(async move |conn| rows::wanting(conn, by).await)
            .await?;
        for key in &old {
            let left = MOST_USES - key.uses;
            tracing::warn!(
                provider = %key.provider_id, kid = %key.key_name, due = ?key.retires_at, uses_left = left,
                "a provider's key is due: announce a new one"
            );
        }
        let identity = self.clone();
        self.accounts
            .db
            .write(async move |tx| {
                for key in old {
                    let due = ProviderKeyDue {
                        provider_id: key.provider_id,
                        kid: key.key_name,
                        due_at: key.retires_at,
                    };
                    identity.accounts.outbox.publish(tx, &due).await?;
                }
                Ok::<_, Fault>(())
            })
            .await
    }
}
