//! Reading roles; making, changing and removing one of the organisation's own.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::still_holds;
use hanok_accounts::{AccountId, role};
use hanok_db::{DbError, Tx};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::rules::{NewRole, RoleChange, may_shape};
use super::store;
use crate::context::People;
use crate::fault::Fault;

/// How many holders a page has.
const HOLDERS: u32 = 20;
/// The last page that is shown.
const LAST_PAGE: u32 = 500;

/// A role, with what it allows and how many hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether every installation has it.
    pub is_built_in: bool,
    /// Whether it allows everything there is or will be.
    pub is_everything: bool,
    /// What it allows, sorted; of everything, all that is known.
    pub permissions: Vec<String>,
    /// How many accounts hold it; `None` for the one that every account holds.
    pub held_by: Option<i64>,
}

impl Role {
    /// Whether it allows this.
    pub fn allows(&self, permission: &str) -> bool {
        self.permissions.iter().any(|name| name == permission)
    }
}

/// Every role, the built-in ones first and of those the highest.
#[derive(Clone, Debug)]
pub struct Roles {
    /// The roles.
    pub roles: Vec<Role>,
    /// Every permission there is.
    pub permissions: Vec<&'static str>,
}

/// Somebody who holds a role.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The account.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
}

/// A page of those who hold a role.
#[derive(Clone, Debug)]
pub struct HoldersPage {
    /// The people.
    pub holders: Vec<Holder>,
    /// Which page it is, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// How many people hold the role.
    pub total: i64,
}

impl People {
    /// Every role and every permission.
    ///
    /// # Errors
    /// The store's.
    pub async fn roles(&self) -> Result<Roles, Fault> {
        let read = self.accounts.db.read(async |conn| {
            let own = store::own(conn).await?;
            Ok::<_, DbError>((own, store::held(conn).await?))
        });
        let (own, held) = read.await?;
        let count = |name: &str| held.get(name).copied().unwrap_or_default();
        let built_in = role::BUILT_IN.iter().map(|built_in| {
            let held_by = (built_in.name != role::USER).then(|| count(built_in.name));
            self.built_in(built_in.name, held_by)
        });
        let own = own.into_iter().map(|(name, permissions)| Role {
            held_by: Some(count(&name)),
            is_built_in: false,
            is_everything: false,
            permissions,
            name,
        });
        Ok(Roles {
            roles: built_in.chain(own).collect(),
            permissions: self.accounts.known_permissions().to_vec(),
        })
    }

    fn built_in(&self, name: &str, held_by: Option<i64>) -> Role {
        let allowed = role::permissions(&[name.to_owned()], &[]);
        let known = self.accounts.known_permissions().iter();
        let mut permissions: Vec<String> = known
            .filter(|permission| allowed.contains(permission))
            .map(|permission| (*permission).to_owned())
            .collect();
        permissions.sort();
        Role {
            name: name.to_owned(),
            is_built_in: true,
            is_everything: allowed.is_everything(),
            permissions,
            held_by,
        }
    }

    /// One role, by its name in either case.
    ///
    /// # Errors
    /// Not found; the store's.
    pub async fn role(&self, name: &str) -> Result<Role, Fault> {
        let name = name.to_lowercase();
        let roles = self.roles().await?.roles.into_iter();
        let mut found = roles.filter(|role| role.name == name);
        found.next().ok_or_else(Fault::not_found)
    }

    /// A page of those who hold a role; none of the one that every account holds.
    ///
    /// # Errors
    /// A field error for a page that cannot be; the store's.
    pub async fn holders_of(&self, role: &Role, page: u32) -> Result<HoldersPage, Fault> {
        if !(1..=LAST_PAGE).contains(&page) {
            return Err(Fault::field("/page", "page_unknown"));
        }
        let total = role.held_by.unwrap_or_default();
        let (name, offset) = (role.name.clone(), (page - 1) * HOLDERS);
        let rows = if total == 0 {
            Vec::new()
        } else {
            let read = async move |conn: &mut _| store::holders(conn, &name, offset, HOLDERS).await;
            self.accounts.db.read(read).await?
        };
        let pages = u32::try_from(total).unwrap_or(u32::MAX).div_ceil(HOLDERS);
        Ok(HoldersPage {
            holders: rows.into_iter().map(Holder::from).collect(),
            page,
            pages: pages.clamp(1, LAST_PAGE),
            total,
        })
    }

    /// Makes a role of the organisation's own.
    ///
    /// # Errors
    /// `Forbidden` but for who may do everything; `PasswordRequired`; a field error where the name is taken.
    pub(super) async fn create_role(&self, ctx: &Ctx, new: NewRole) -> Result<Role, Fault> {
        let caller = caller(ctx)?;
        may_shape(&caller, &new.permissions)?;
        let (people, ctx, role) = (self.clone(), ctx.clone(), new.clone());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            people.may_write(tx, &ctx, &caller).await?;
            let details = json!({ "role": new.name, "made": new.permissions });
            people.record_role(tx, &ctx, details).await?;
            store::insert(tx, &new.name).await?;
            store::set_permissions(tx, &new.name, &new.permissions).await?;
            Ok::<_, Fault>(())
        });
        made.await.map_err(taken)?;
        Ok(Role {
            name: role.name,
            is_built_in: false,
            is_everything: false,
            permissions: role.permissions,
            held_by: Some(0),
        })
    }

    /// Changes a role of the organisation's own: at once for all who hold it. What does not differ leaves no trace.
    ///
    /// # Errors
    /// As [`create_role`](Self::create_role); not found, also for a built-in one.
    pub(super) async fn change_role(
        &self,
        ctx: &Ctx,
        name: &str,
        change: RoleChange,
    ) -> Result<Role, Fault> {
        let caller = caller(ctx)?;
        may_shape(&caller, change.permissions.as_deref().unwrap_or_default())?;
        let (people, ctx, name) = (self.clone(), ctx.clone(), name.to_lowercase());
        let changed = self.accounts.db.write(async move |tx: &mut Tx| {
            let found = store::lock(tx, &name).await?;
            found.then_some(()).ok_or_else(Fault::not_found)?;
            people.may_write(tx, &ctx, &caller).await?;
            people.change_in(tx, &ctx, &name, &change).await
        });
        changed.await.map_err(taken)
    }

    async fn change_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        name: &str,
        change: &RoleChange,
    ) -> Result<Role, Fault> {
        let kept = store::permissions(tx, name).await?;
        let new = change.name.as_deref().unwrap_or(name);
        let permissions = change.permissions.as_ref().unwrap_or(&kept);
        if new != name || *permissions != kept {
            let missing = |of: &[String], from: &[String]| -> Vec<String> {
                let names = of.iter().filter(|name| !from.contains(name));
                names.cloned().collect()
            };
            let details = json!({
                "role": name, "renamed": (new != name).then_some(new),
                "added": missing(permissions, &kept), "removed": missing(&kept, permissions),
            });
            self.record_role(tx, ctx, details).await?;
            store::set_permissions(tx, name, permissions).await?;
            if new != name {
                store::rename(tx, name, new).await?;
                self.accounts.role_becomes(tx, name, Some(new)).await?;
            }
            self.accounts.renew_holders(tx, ctx, new).await?;
        }
        Ok(Role {
            name: new.to_owned(),
            is_built_in: false,
            is_everything: false,
            permissions: permissions.clone(),
            held_by: Some(store::held_by(tx, new).await?),
        })
    }

    /// Removes a role of the organisation's own that nobody holds.
    ///
    /// # Errors
    /// As [`change_role`](Self::change_role); `Conflict` while somebody holds it, and while an app names it.
    pub(super) async fn delete_role(&self, ctx: &Ctx, name: &str) -> Result<(), Fault> {
        let caller = caller(ctx)?;
        may_shape(&caller, &[])?;
        let (people, ctx, name) = (self.clone(), ctx.clone(), name.to_lowercase());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                let found = store::lock(tx, &name).await?;
                found.then_some(()).ok_or_else(Fault::not_found)?;
                people.may_write(tx, &ctx, &caller).await?;
                if store::held_by(tx, &name).await? > 0 {
                    return Err(Fault::Conflict("role_is_held"));
                }
                if !people.accounts.role_becomes(tx, &name, None).await? {
                    return Err(Fault::Conflict("role_is_used"));
                }
                let details = json!({ "role": name, "deleted": true });
                people.record_role(tx, &ctx, details).await?;
                Ok(store::delete(tx, &name).await?)
            })
            .await
    }

    /// What writing a role asks of the caller, inside the unit.
    async fn may_write(&self, tx: &mut Tx, ctx: &Ctx, caller: &Caller) -> Result<(), Fault> {
        still_holds(tx, caller).await?;
        Ok(self.accounts.require_password(tx, ctx).await?)
    }

    async fn record_role(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        details: serde_json::Value,
    ) -> Result<(), DbError> {
        let entry = Entry::new(Action::RoleChange).details(details);
        let origin = Origin::from(ctx);
        let recorded = self.accounts.audit.record(tx, &origin, entry);
        recorded.await.map(|_| ())
    }
}

impl From<store::HolderRow> for Holder {
    fn from(row: store::HolderRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            username: row.username,
        }
    }
}

fn caller(ctx: &Ctx) -> Result<Caller, Fault> {
    let caller = ctx.principal.caller().cloned();
    caller.ok_or(Fault::Accounts(hanok_accounts::Fault::Unauthorized))
}

/// A name that is there already, told at its field.
fn taken(fault: Fault) -> Fault {
    match fault {
        Fault::Accounts(hanok_accounts::Fault::Store(DbError::Unique { .. })) => {
            Fault::field("/name", "role_name_taken")
        }
        other => other,
    }
}
