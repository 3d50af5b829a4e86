//! Who looks after a provider.

use hanok_accounts::account::{self, AccountStatus};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::permission::ProviderManagement;
use hanok_accounts::username::Username;
use hanok_accounts::{AccountId, role};
use hanok_db::Conn;
use hanok_web::{Ctx, Permission};
use serde_json::json;

use super::by::By;
use super::store::{ProviderId, ProviderRow};
use crate::context::Identity;
use crate::fault::Fault;

impl Identity {
    /// Hands a provider to another owner, or to nobody: then only those manage it who manage all.
    ///
    /// # Errors
    /// Not found; `Forbidden` for those who manage only their own; `PasswordRequired`; a field error for a
    /// name that nobody has, or whose account cannot look after providers.
    pub(super) async fn set_provider_owner(
        &self,
        ctx: &Ctx,
        by: By,
        id: ProviderId,
        username: Option<&str>,
    ) -> Result<ProviderRow, Fault> {
        let wish = username
            .map(|name| Username::parse(name).map_err(|_| unknown()))
            .transpose()?;
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| {
                let row = identity.provider_to_change(tx, &by, id).await?;
                if by.only_own().is_some() {
                    return Err(Fault::Accounts(hanok_accounts::Fault::Forbidden));
                }
                identity.ask_again(tx, &context, &by).await?;
                let owner_id = match &wish {
                    Some(username) => Some(keeper(tx, username).await?),
                    None => None,
                };
                if owner_id == row.owner_id {
                    return Ok(row);
                }
                let new = ProviderRow { owner_id, ..row };
                identity.raise(tx, &new, context.now).await?;
                let entry = Entry {
                    subject: owner_id,
                    ..Entry::new(Action::AdminAction).version(new.version + 1)
                };
                let entry = entry.details(json!({ "act": "provider_owner_set", "by": by.word() }));
                let origin = Origin::from(&context);
                identity
                    .tell_of_provider(tx, &origin, id, "owner_changed", entry)
                    .await?;
                Ok(ProviderRow {
                    version: new.version + 1,
                    updated_at: context.now,
                    ..new
                })
            })
            .await
    }
}

/// The account of this name, where it may look after providers.
async fn keeper(conn: &mut Conn, username: &Username) -> Result<AccountId, Fault> {
    let found = account::find_by_username(conn, username.normalised()).await?;
    let account = found.ok_or_else(unknown)?;
    let (roles, own) = role::of_account(conn, account.id).await?;
    let may = role::permissions(&roles, &own).contains(ProviderManagement::NAME);
    if may && account.status == AccountStatus::Active {
        Ok(account.id)
    } else {
        Err(Fault::field("/username", "owner_unsuitable"))
    }
}

fn unknown() -> Fault {
    Fault::field("/username", "owner_unknown")
}
