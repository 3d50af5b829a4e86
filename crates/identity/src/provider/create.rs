//! Making a provider, with its first secret and its first key.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::encoding::hex_encode;
use hanok_base::{Secret, Timestamp};
use hanok_db::Tx;
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::by::By;
use super::input::{NewProvider, ProviderIn};
use super::keys::CreatedKey;
use super::store::{self, ProviderId, ProviderRow};
use crate::context::Identity;
use crate::fault::Fault;

/// A provider that was just made, with what is shown once.
pub struct CreatedProvider {
    /// The provider.
    pub provider: ProviderRow,
    /// Its secret.
    pub client_secret: Secret,
    /// Its first key.
    pub key: CreatedKey,
}

impl Identity {
    /// Makes a provider, its first secret and its first key: for the command line and the demo, which need
    /// no permission.
    ///
    /// # Errors
    /// The store's.
    pub async fn create_provider(
        &self,
        ctx: &Ctx,
        new: NewProvider,
    ) -> Result<CreatedProvider, Fault> {
        self.create_provider_by(ctx, By::Program, new).await
    }

    /// Makes a provider for a person, who owns it then.
    ///
    /// # Errors
    /// Field errors; `PasswordRequired`; `Forbidden` where it is to be entitled and they may not do that.
    pub(super) async fn create_own_provider(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        input: &ProviderIn,
    ) -> Result<CreatedProvider, Fault> {
        let new = NewProvider {
            owner: Some(caller.account),
            ..input.check(self.http.policy())?
        };
        self.create_provider_by(ctx, By::Person(caller.clone()), new)
            .await
    }

    async fn create_provider_by(
        &self,
        ctx: &Ctx,
        by: By,
        new: NewProvider,
    ) -> Result<CreatedProvider, Fault> {
        if new.ci_entitled && !by.may_entitle() {
            return Err(Fault::Accounts(hanok_accounts::Fault::Forbidden));
        }
        let row = self.row_of(new, ctx.now);
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| {
                identity.ask_again(tx, &context, &by).await?;
                // Whoever has a company's site code learns the DI of its people.
                if let Some(owner) = by.only_own()
                    && store::site_code_is_anothers(tx, &row.site_code, owner).await?
                {
                    return Err(Fault::field("/site_code", "site_code_taken"));
                }
                identity.insert_provider(tx, &context, &by, row).await
            })
            .await
    }

    async fn insert_provider(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        row: ProviderRow,
    ) -> Result<CreatedProvider, Fault> {
        store::insert(tx, &row).await?;
        let client_secret = self.first_secret(tx, row.id, ctx.now).await?;
        let key = self.first_key(tx, row.id, ctx.now).await?;
        let details = json!({
            "act": "provider_created", "by": by.word(), "kid": key.kid,
            "active": row.active, "ci_entitled": row.ci_entitled,
        });
        let entry = Entry::new(Action::AdminAction)
            .version(row.version)
            .details(details);
        self.tell_of_provider(tx, &Origin::from(ctx), row.id, "created", entry)
            .await?;
        Ok(CreatedProvider {
            provider: row,
            client_secret,
            key,
        })
    }

    fn row_of(&self, new: NewProvider, now: Timestamp) -> ProviderRow {
        ProviderRow {
            id: ProviderId::new(&self.accounts.clock, &self.accounts.random),
            version: 1,
            client_id: hex_encode(&self.accounts.random.bytes::<12>()),
            name: new.name.as_str().to_owned(),
            owner_id: new.owner,
            callback_url: new.callback_url,
            delivery: new.delivery,
            notify: new.notify,
            site_code: new.site_code.as_str().to_owned(),
            address_allow_list: new.address_allow_list,
            limits: new.limits,
            hide_unknown_users: new.hide_unknown_users,
            ci_entitled: new.ci_entitled,
            active: new.active,
            created_at: now,
            updated_at: now,
        }
    }
}
