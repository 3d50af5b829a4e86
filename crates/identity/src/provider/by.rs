//! Who changes a provider, and how far that reaches.

use hanok_accounts::account::{self, AccountStatus};
use hanok_accounts::permission::ProviderCiEntitled;
use hanok_accounts::{AccountId, role};
use hanok_db::{Conn, Tx};
use hanok_web::{Caller, Ctx, Permission};

use super::store::{self, ProviderId, ProviderRow};
use crate::context::Identity;
use crate::fault::Fault;

/// Who changes a provider.
#[derive(Clone, Debug)]
pub enum By {
    /// The operator, by the command line; also the program itself.
    Program,
    /// A person who holds `provider_management`.
    Person(Caller),
    /// The provider, by its client credentials.
    Provider(ProviderId),
}

impl By {
    /// The account whose providers are all that this person manages; `None` for those who manage all.
    pub(crate) fn only_own(&self) -> Option<AccountId> {
        match self {
            Self::Person(caller) if !manages_all(caller) => Some(caller.account),
            Self::Person(_) | Self::Program | Self::Provider(_) => None,
        }
    }

    /// Whether this provider is one they may know of.
    pub(crate) fn reaches(&self, row: &ProviderRow) -> bool {
        match self {
            _ if row.is_own() => false,
            Self::Program => true,
            Self::Person(_) => self
                .only_own()
                .is_none_or(|account| row.owner_id == Some(account)),
            Self::Provider(id) => row.id == *id,
        }
    }

    /// Whether they may entitle a provider to CI.
    pub(super) fn may_entitle(&self) -> bool {
        match self {
            Self::Program => true,
            Self::Person(caller) => caller.permissions.contains(ProviderCiEntitled::NAME),
            Self::Provider(_) => false,
        }
    }

    /// The word for the audit trail.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Person(_) => "person",
            Self::Provider(_) => "provider",
        }
    }
}

fn manages_all(caller: &Caller) -> bool {
    caller
        .roles
        .iter()
        .any(|held| held == role::SUPER_ADMIN || held == role::ADMIN)
}

impl Identity {
    /// The provider `id` as one that `by` may change, held until the unit ends.
    ///
    /// # Errors
    /// Not found, also where it is another's.
    pub(crate) async fn provider_to_change(
        &self,
        tx: &mut Tx,
        by: &By,
        id: ProviderId,
    ) -> Result<ProviderRow, Fault> {
        store::lock(tx, id)
            .await?
            .filter(|row| by.reaches(row))
            .ok_or_else(Fault::not_found)
    }

    /// What callback addresses, keys, secrets and entitlement ask of a person, inside the unit: the password
    /// given again, the session still alive, the account as it was when the call came.
    ///
    /// # Errors
    /// `PasswordRequired`, `Unauthorized`.
    pub(super) async fn ask_again(&self, conn: &mut Conn, ctx: &Ctx, by: &By) -> Result<(), Fault> {
        let By::Person(caller) = by else {
            return Ok(());
        };
        self.accounts.require_password(conn, ctx).await?;
        let row = account::find(conn, caller.account).await?;
        let unchanged = row.is_some_and(|row| {
            row.status == AccountStatus::Active && row.version == caller.version
        });
        unchanged
            .then_some(())
            .ok_or(Fault::Accounts(hanok_accounts::Fault::Unauthorized))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use hanok_base::{Clock, Id, Random};
    use hanok_web::{PermissionSet, Via};

    use super::*;
    use crate::provider::store::tests::shop;

    pub(in crate::provider) fn person(roles: &[&str]) -> Caller {
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        Caller {
            account: Id::new(&Clock::system(), &Random::system()),
            name: "김하늘".into(),
            session: None,
            api_key: None,
            via: Via::Bearer,
            permissions: role::permissions(&roles, &[]),
            roles: Arc::from(roles),
            version: 1,
            password_confirmed_at: None,
            locale: None,
            theme: None,
        }
    }

    #[test]
    fn a_service_admin_reaches_their_own_and_an_admin_all() {
        let own = person(&["service_admin", "user"]);
        let mine = ProviderRow {
            owner_id: Some(own.account),
            ..shop()
        };
        let by = By::Person(own);
        assert!(by.reaches(&mine));
        assert!(!by.reaches(&shop()), "one that nobody owns");
        for above in ["admin", "super_admin"] {
            assert!(By::Person(person(&[above])).reaches(&mine), "{above}");
        }
        assert!(By::Program.reaches(&mine));
    }

    #[test]
    fn a_role_of_the_organisations_own_reaches_no_further_than_a_service_admin() {
        let caller = Caller {
            permissions: ["provider_management"]
                .into_iter()
                .collect::<PermissionSet>(),
            ..person(&["site keeper"])
        };
        assert!(!By::Person(caller).reaches(&shop()));
    }

    #[test]
    fn a_provider_reaches_itself() {
        let row = shop();
        assert!(By::Provider(row.id).reaches(&row));
        assert!(!By::Provider(shop().id).reaches(&row));
    }

    #[test]
    fn only_a_super_admin_entitles() {
        assert!(By::Person(person(&["super_admin"])).may_entitle());
        for below in ["admin", "service_admin"] {
            assert!(!By::Person(person(&[below])).may_entitle(), "{below}");
        }
    }
}
