//! Reading and changing a provider.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_db::{DbError, Page, PageRequest};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::by::By;
use super::input::ProviderPatch;
use super::keys::{self, KeyRow};
use super::store::{self, ProviderId, ProviderRow, SecretRow};
use crate::context::Identity;
use crate::fault::Fault;

/// What a service_admin may change of a provider of their own; the rest is the organisation's.
const OWNERS_FIELDS: &[&str] = &["name", "callback_url", "delivery", "notify", "limits"];
/// What asks for the password again.
const GUARDED_FIELDS: &[&str] = &["callback_url", "ci_entitled"];

/// A provider with its keys and secrets, none of them shown.
pub struct ProviderDetail {
    /// The provider.
    pub provider: ProviderRow,
    /// Its keys, the newest first.
    pub keys: Vec<KeyRow>,
    /// Its secrets that count, the newest first.
    pub secrets: Vec<SecretRow>,
}

impl Identity {
    /// Every provider, the newest first: for the command line.
    ///
    /// # Errors
    /// The store's.
    pub async fn list_providers(&self) -> Result<Vec<ProviderRow>, DbError> {
        self.accounts
            .db
            .report(async move |conn| store::all(conn).await)
            .await
    }

    /// The provider of this client id: for the command line.
    ///
    /// # Errors
    /// The store's.
    pub async fn find_provider_by_client_id(
        &self,
        client_id: &str,
    ) -> Result<Option<ProviderRow>, DbError> {
        let client_id = client_id.to_owned();
        self.accounts
            .db
            .read(async move |conn| store::find_by_client_id(conn, &client_id).await)
            .await
    }

    /// A page of the providers that the caller may know of, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn page_of_providers(
        &self,
        caller: &Caller,
        request: PageRequest,
    ) -> Result<Page<ProviderRow>, Fault> {
        let owner = By::Person(caller.clone()).only_own();
        Ok(self
            .accounts
            .db
            .read(async move |conn| store::page(conn, owner, &request).await)
            .await?)
    }

    /// A provider with its keys and secrets.
    ///
    /// # Errors
    /// Not found, also where the caller may not know of it.
    pub(super) async fn show_provider(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: ProviderId,
    ) -> Result<ProviderDetail, Fault> {
        let (owner, now) = (By::Person(caller.clone()).only_own(), ctx.now);
        self.accounts
            .db
            .read(async move |conn| {
                let found = store::find(conn, id)
                    .await?
                    .filter(|row| !row.is_own() && (owner.is_none() || row.owner_id == owner));
                Ok(ProviderDetail {
                    provider: found.ok_or_else(Fault::not_found)?,
                    keys: keys::of_provider(conn, id).await?,
                    secrets: store::secrets(conn, id, now).await?,
                })
            })
            .await
    }

    /// Changes a provider; what does not differ is no change and leaves no trace.
    ///
    /// # Errors
    /// Field errors; not found; `Forbidden` for a field that is not the caller's to change;
    /// `PasswordRequired` for callback address and entitlement.
    pub async fn change_provider(
        &self,
        ctx: &Ctx,
        by: By,
        id: ProviderId,
        patch: &ProviderPatch,
    ) -> Result<ProviderRow, Fault> {
        let change = patch.check(self.http.policy())?;
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts.db.write(async move |tx| {
            let row = identity.provider_to_change(tx, &by, id).await?;
            let (new, changed) = change.apply(&row)?;
            if changed.is_empty() {
                return Ok(row);
            }
            may_change(&by, &changed)?;
            if changed.iter().any(|field| GUARDED_FIELDS.contains(field)) {
                identity.ask_again(tx, &context, &by).await?;
            }
            identity.raise(tx, &new, context.now).await?;
            let details = json!({
                "by": by.word(), "fields": changed, "active": new.active, "ci_entitled": new.ci_entitled,
            });
            let entry = Entry::new(Action::ConfigChange).version(new.version + 1).details(details);
            identity.tell_of_provider(tx, &Origin::from(&context), id, "settings_changed", entry).await?;
            Ok(ProviderRow { version: new.version + 1, updated_at: context.now, ..new })
        }).await
    }
}

const FORBIDDEN: Fault = Fault::Accounts(hanok_accounts::Fault::Forbidden);

/// Whether each of the changed fields is this person's to change.
fn may_change(by: &By, changed: &[&str]) -> Result<(), Fault> {
    let whole = by.only_own().is_none();
    let may = |field: &&str| match *field {
        "ci_entitled" => by.may_entitle(),
        field => whole || OWNERS_FIELDS.contains(&field),
    };
    changed.iter().all(may).then_some(()).ok_or(FORBIDDEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::by::tests::person;

    fn may(role: &str, changed: &[&str]) -> bool {
        may_change(&By::Person(person(&[role])), changed).is_ok()
    }

    #[test]
    fn an_owner_changes_name_callback_and_limits_and_no_more() {
        assert!(may(
            "service_admin",
            &["name", "callback_url", "delivery", "notify", "limits"]
        ));
        for other in [
            "site_code",
            "address_allow_list",
            "hide_unknown_users",
            "active",
            "ci_entitled",
        ] {
            assert!(!may("service_admin", &["name", other]), "{other}");
        }
    }

    #[test]
    fn an_admin_changes_all_but_the_entitlement() {
        assert!(may(
            "admin",
            &[
                "site_code",
                "address_allow_list",
                "hide_unknown_users",
                "active"
            ]
        ));
        assert!(!may("admin", &["ci_entitled"]));
        assert!(may("super_admin", &["ci_entitled"]));
        assert!(may_change(&By::Program, &["ci_entitled", "active"]).is_ok());
    }
}
