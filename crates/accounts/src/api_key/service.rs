//! Making API keys and revoking them.

use hanok_base::secret::sha256;
use hanok_base::{Id, Secret};
use hanok_db::{Conn, Tx};
use hanok_events::Event;
use hanok_web::{Caller, Ctx, Permission};
use serde::Serialize;
use serde_json::json;

use super::rules::{NewApiKey, new_value};
use super::store::{self, ApiKeyId, ApiKeyRow, Made, Names};
use crate::audit::{Action, Entry, Origin};
use crate::authority::still_holds;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Notice;
use crate::permission::ApiAccess;
use crate::session::confirm::{in_person, signed_in};
use crate::{AccountId, account};

/// A person has a further API key.
#[derive(Debug, Serialize)]
pub struct ApiKeyCreated {
    account_id: AccountId,
    api_key_id: ApiKeyId,
}

impl Event for ApiKeyCreated {
    const TYPE: &'static str = "api_key.created";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

/// An API key was revoked.
#[derive(Debug, Serialize)]
pub struct ApiKeyRevoked {
    account_id: AccountId,
    api_key_id: ApiKeyId,
}

impl Event for ApiKeyRevoked {
    const TYPE: &'static str = "api_key.revoked";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

impl Accounts {
    /// Makes a key for the caller, who has given the password again, and answers its value, which is kept nowhere.
    ///
    /// # Errors
    /// [`Fault::Forbidden`] without `api_access`, by a key, or for a permission that the caller lacks;
    /// [`Fault::PasswordRequired`]; [`Fault::Fields`] where there are as many as may be; [`Fault::Unauthorized`] where
    /// the caller's rights have changed meanwhile.
    pub async fn create_api_key(
        &self,
        ctx: &Ctx,
        new: NewApiKey,
    ) -> Result<(ApiKeyRow, Secret), Fault> {
        let caller = in_person(ctx)?.clone();
        may_make(&caller, &new)?;
        let (value, prefix) = new_value(&self.random);
        let hash = sha256(value.expose().as_bytes());
        let id = Id::new(&self.clock, &self.random);
        let (accounts, context) = (self.clone(), ctx.clone());
        let row = self.db.write(async move |tx: &mut Tx| {
            account::store::lock(tx, caller.account).await?;
            still_holds(tx, &caller).await?;
            accounts.require_password(tx, &context).await?;
            accounts.room_for_key(tx, caller.account).await?;
            let details =
                json!({ "api_key": "created", "permissions": new.permissions, "expires": new.expires_at });
            let row = Made {
                id,
                account: caller.account,
                new: &new,
                prefix: &prefix,
                value_hash: hash,
                now: context.now,
            };
            accounts.record_key(tx, &context, caller.account, id, details).await?;
            store::insert(tx, &row).await?;
            let event = ApiKeyCreated { account_id: caller.account, api_key_id: id };
            accounts.outbox.publish(tx, &event).await?;
            accounts.notify(tx, &context, caller.account, Notice::ApiKeyCreated).await?;
            Ok::<_, Fault>(made_row(&row))
        });
        Ok((row.await?, value))
    }

    async fn room_for_key(&self, conn: &mut Conn, account: AccountId) -> Result<(), Fault> {
        let kept = store::of_account(conn, account).await?.len();
        let most = usize::try_from(self.config.api_keys_max).unwrap_or(usize::MAX);
        (kept < most)
            .then_some(())
            .ok_or_else(|| Fault::field("/", "too_many_api_keys"))
    }

    /// The caller's keys that are not revoked, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn my_api_keys(&self, ctx: &Ctx) -> Result<Vec<ApiKeyRow>, Fault> {
        let account = signed_in(ctx)?.account;
        let keys = self
            .db
            .read(async move |conn| store::of_account(conn, account).await);
        Ok(keys.await?)
    }

    /// Revokes one of the caller's keys, at once in every process.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where it is none of the caller's, or was revoked before; [`Fault::Forbidden`] by a key.
    pub async fn revoke_api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                if !store::revoke(tx, id, account, context.now).await? {
                    return Err(Fault::NotFound);
                }
                let details = json!({ "api_key": "revoked" });
                accounts
                    .record_key(tx, &context, account, id, details)
                    .await?;
                let event = ApiKeyRevoked {
                    account_id: account,
                    api_key_id: id,
                };
                accounts.outbox.publish(tx, &event).await?;
                accounts.revoke(tx, account, None, context.now).await?;
                Ok(())
            })
            .await
    }

    async fn record_key(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        id: ApiKeyId,
        details: serde_json::Value,
    ) -> Result<(), Fault> {
        let entry = Entry::new(Action::SecretRotation)
            .subject(account)
            .target("api_key", id.uuid())
            .details(details);
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        Ok(())
    }
}

/// Whether a person may make this key: they may have keys, and hold all that it lists.
fn may_make(caller: &Caller, new: &NewApiKey) -> Result<(), Fault> {
    let held = &caller.permissions;
    let may = held.contains(ApiAccess::NAME) && new.permissions.iter().all(|it| held.contains(it));
    may.then_some(()).ok_or(Fault::Forbidden)
}

fn made_row(made: &Made<'_>) -> ApiKeyRow {
    ApiKeyRow {
        id: made.id,
        name: made.new.name.clone(),
        prefix: made.prefix.to_owned(),
        permissions: Names(made.new.permissions.clone()),
        address_allow_list: made.new.addresses.clone(),
        created_at: made.now,
        expires_at: made.new.expires_at,
        last_used_at: None,
    }
}
