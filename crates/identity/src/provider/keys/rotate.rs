//! Announcing a key and bringing it into use.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use super::{CreatedKey, KeyRow, KeyState, rows};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::by::By;
use crate::provider::store::{self, ProviderId, ProviderRow};

impl Identity {
    /// Announces a new key, in place of one that was announced and never used.
    ///
    /// # Errors
    /// Not found; `PasswordRequired`.
    pub async fn announce_key(
        &self,
        ctx: &Ctx,
        by: By,
        provider: ProviderId,
    ) -> Result<CreatedKey, Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| {
                let row = identity.provider_to_change(tx, &by, provider).await?;
                identity.ask_again(tx, &context, &by).await?;
                identity.raise(tx, &row, context.now).await?;
                rows::drop_announced(tx, provider, context.now).await?;
                let activates_at = context.now.plus(identity.key_overlap());
                let (key, created) =
                    identity.make_key(provider, KeyState::Announced, activates_at, context.now);
                rows::insert(tx, &key).await?;
                let entry = Entry::new(Action::KeyRotation)
                    .target("provider_key", key.id.uuid())
                    .version(key.state);
                let entry = entry.details(json!({ "by": by.word(), "kid": key.key_name }));
                identity
                    .tell_of_provider(
                        tx,
                        &Origin::from(&context),
                        provider,
                        "key_announced",
                        entry,
                    )
                    .await?;
                Ok(created)
            })
            .await
    }

    /// Brings an announced key into use; the one before it is retiring from then on. Twice is once.
    ///
    /// # Errors
    /// Not found, where the provider has no such key; a field error for one that is past its use.
    pub async fn activate_key(
        &self,
        ctx: &Ctx,
        by: By,
        provider: ProviderId,
        kid: String,
    ) -> Result<KeyRow, Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| {
                let row = identity.provider_to_change(tx, &by, provider).await?;
                let key = rows::find(tx, provider, &kid)
                    .await?
                    .ok_or_else(Fault::not_found)?;
                identity.ask_again(tx, &context, &by).await?;
                key.state
                    .activated()
                    .ok_or_else(|| Fault::field("/kid", "key_not_announced"))?;
                if key.state == KeyState::Announced {
                    identity
                        .take_into_use(
                            tx,
                            &Origin::from(&context),
                            &row,
                            &key,
                            by.word(),
                            context.now,
                        )
                        .await?;
                }
                rows::find(tx, provider, &kid)
                    .await?
                    .ok_or_else(Fault::not_found)
            })
            .await
    }

    /// Retires a key before its time: one that is announced and shall not come, or one that is retiring. Twice
    /// is once.
    ///
    /// # Errors
    /// Not found, where the provider has no such key; `PasswordRequired`; a field error for the key in use.
    pub(in crate::provider) async fn retire_key(
        &self,
        ctx: &Ctx,
        by: By,
        provider: ProviderId,
        kid: String,
    ) -> Result<KeyRow, Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| {
                let row = identity.provider_to_change(tx, &by, provider).await?;
                let key = rows::find(tx, provider, &kid).await?;
                let key = key.ok_or_else(Fault::not_found)?;
                identity.ask_again(tx, &context, &by).await?;
                match key.state {
                    KeyState::Active => return Err(Fault::field("/kid", "key_in_use")),
                    KeyState::Retired => return Ok(key),
                    KeyState::Announced | KeyState::Retiring => {}
                }
                identity.raise(tx, &row, context.now).await?;
                rows::end(tx, key.id, context.now).await?;
                let entry = Entry::new(Action::KeyRotation)
                    .target("provider_key", key.id.uuid())
                    .version(KeyState::Retired);
                let entry = entry.details(json!({ "by": by.word(), "kid": key.key_name }));
                let origin = Origin::from(&context);
                identity
                    .tell_of_provider(tx, &origin, provider, "key_retired", entry)
                    .await?;
                let ended = rows::find(tx, provider, &kid).await?;
                ended.ok_or_else(Fault::not_found)
            })
            .await
    }

    /// announced → active, and active → retiring for the one before, with audit row and event.
    pub(super) async fn take_into_use(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        provider: &ProviderRow,
        key: &KeyRow,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        self.raise(tx, provider, now).await?;
        if !rows::activate(tx, key.id, now, now.plus(self.key_life())).await? {
            return Err(Fault::field("/kid", "key_not_announced"));
        }
        rows::retire_active(tx, provider.id, key.id, now.plus(self.key_overlap())).await?;
        let entry = Entry::new(Action::KeyRotation)
            .target("provider_key", key.id.uuid())
            .version(KeyState::Active);
        let entry = entry.details(json!({ "by": by, "kid": key.key_name }));
        Ok(self
            .tell_of_provider(tx, origin, provider.id, "key_activated", entry)
            .await?)
    }

    /// Raises the provider's version, where it is still the one that was read.
    pub(in crate::provider) async fn raise(
        &self,
        tx: &mut Tx,
        row: &ProviderRow,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let unchanged = store::update(tx, row, now).await?;
        unchanged
            .then_some(())
            .ok_or(Fault::Accounts(hanok_accounts::Fault::Busy))
    }
}
