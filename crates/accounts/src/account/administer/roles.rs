//! Giving and taking roles: nobody gives or takes one that holds what they lack, or one of their own.

use hanok_db::{Conn, DbError, Tx, params};
use hanok_web::{Ctx, PermissionSet};
use serde_json::json;

use super::{Others, other_super_admin};
use crate::audit::{Action, Entry};
use crate::authority::{By, Oneself};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::{AccountId, role};

/// What is to become of an account's roles; `user` is everybody's and stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// These too.
    Grant(Vec<String>),
    /// These no longer.
    Withdraw(Vec<String>),
    /// These and no others.
    Set(Vec<String>),
}

/// Roles that are given, and roles that are taken.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    given: Vec<String>,
    taken: Vec<String>,
}

impl RoleChange {
    /// What differs from the roles that are held.
    fn from(&self, held: &[String]) -> Result<Difference, Fault> {
        let missing = |names: &[String]| wanted(names, |name| !held.iter().any(|it| it == name));
        let present = |names: &[String]| wanted(names, |name| held.iter().any(|it| it == name));
        Ok(match self {
            Self::Grant(names) => Difference {
                given: missing(names),
                taken: Vec::new(),
            },
            Self::Withdraw(names) => {
                if names.iter().any(|name| spelled(name) == role::USER) {
                    return Err(Fault::field("/role", "role_of_everybody"));
                }
                Difference {
                    given: Vec::new(),
                    taken: present(names),
                }
            }
            Self::Set(names) => {
                let kept: Vec<String> = names.iter().map(|name| spelled(name)).collect();
                Difference {
                    given: missing(names),
                    taken: wanted(held, |name| !kept.iter().any(|it| it == name)),
                }
            }
        })
    }

    /// The roles that somebody must be free to give and take: those that were named, whether or not that changes
    /// anything; of a whole set, those that change.
    fn touched(&self, difference: &Difference) -> Vec<String> {
        match self {
            Self::Grant(names) | Self::Withdraw(names) => wanted(names, |_| true),
            Self::Set(_) => [difference.given.clone(), difference.taken.clone()].concat(),
        }
    }

    fn names(&self) -> &[String] {
        match self {
            Self::Grant(names) | Self::Withdraw(names) | Self::Set(names) => names,
        }
    }
}

/// Role names are stored in lower case.
fn spelled(name: &str) -> String {
    name.trim().to_lowercase()
}

fn wanted(names: &[String], is: impl Fn(&str) -> bool) -> Vec<String> {
    let names = names.iter().map(|name| spelled(name));
    let mut names: Vec<String> = names
        .filter(|name| name != role::USER && is(name))
        .collect();
    names.sort();
    names.dedup();
    names
}

impl Accounts {
    /// Gives an account a role, as the program; says whether it did not hold it before.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a role that is not there; [`Fault::NotFound`].
    pub async fn grant_role(&self, ctx: &Ctx, id: AccountId, role: &str) -> Result<bool, Fault> {
        let change = RoleChange::Grant(vec![role.to_owned()]);
        self.change_roles(ctx, By::Program, id, change).await
    }

    /// Takes a role from an account, as the program; says whether it held it.
    ///
    /// # Errors
    /// As [`grant_role`](Self::grant_role); [`Fault::LastSuperAdmin`].
    pub async fn withdraw_role(&self, ctx: &Ctx, id: AccountId, role: &str) -> Result<bool, Fault> {
        let change = RoleChange::Withdraw(vec![role.to_owned()]);
        self.change_roles(ctx, By::Program, id, change).await
    }

    /// Changes the roles of an account; says whether that changed anything. A person gives their password again.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a role that is not there and an account that is erased; [`Fault::NotFound`];
    /// [`Fault::Forbidden`]; [`Fault::PasswordRequired`]; [`Fault::LastSuperAdmin`].
    pub async fn change_roles(
        &self,
        ctx: &Ctx,
        by: By,
        id: AccountId,
        change: RoleChange,
    ) -> Result<bool, Fault> {
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                accounts.change_roles_in(tx, &ctx, &by, id, &change).await
            })
            .await
    }

    async fn change_roles_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        id: AccountId,
        change: &RoleChange,
    ) -> Result<bool, Fault> {
        const RAISE: &str = "UPDATE account SET version = $2 WHERE id = $1 AND version = $2 - 1";
        let others = other_super_admin(tx, id).await?;
        let target = self.target(tx, by, id, Oneself::Refused).await?;
        super::close::refuse_erased(tx, id, "/roles").await?;
        for name in change.names() {
            permissions_of(tx, &spelled(name)).await?;
        }
        let difference = change.from(&target.roles)?;
        self.may_change_roles(tx, ctx, by, &change.touched(&difference))
            .await?;
        if difference == Difference::default() {
            return Ok(false);
        }
        if others == Others::None && difference.taken.iter().any(|it| it == role::SUPER_ADMIN) {
            return Err(Fault::LastSuperAdmin);
        }
        let version = target.row.version + 1;
        for name in &difference.given {
            role::assign(tx, id, name, ctx.account(), ctx.now).await?;
            let entry = Entry::new(Action::RoleChange).details(json!({ "granted": name }));
            self.record_change(tx, ctx, id, version, entry).await?;
        }
        for name in &difference.taken {
            role::withdraw(tx, id, name).await?;
            let entry = Entry::new(Action::RoleChange).details(json!({ "withdrawn": name }));
            self.record_change(tx, ctx, id, version, entry).await?;
        }
        tx.execute(RAISE, params![id, version]).await?;
        self.tell_change(tx, ctx, id).await?;
        Ok(true)
    }

    /// Whether a person may give and take these roles now.
    async fn may_change_roles(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        roles: &[String],
    ) -> Result<(), Fault> {
        self.may_grant_all(tx, by, roles.iter()).await?;
        match by {
            By::Program => Ok(()),
            By::Person(_) => self.require_password(tx, ctx).await,
        }
    }

    /// Whether a person may give each of these roles.
    ///
    /// # Errors
    /// [`Fault::Forbidden`]; [`Fault::Fields`] for a role that is not there.
    pub async fn may_grant_all(
        &self,
        conn: &mut Conn,
        by: &By,
        roles: impl Iterator<Item = &String>,
    ) -> Result<(), Fault> {
        for name in roles {
            let grants = permissions_of(conn, name).await?;
            if let By::Person(caller) = by {
                let may = role::may_grant(&caller.permissions, name, &grants);
                may.then_some(()).ok_or(Fault::Forbidden)?;
            }
        }
        Ok(())
    }
}

/// What a role allows.
async fn permissions_of(conn: &mut Conn, role: &str) -> Result<PermissionSet, Fault> {
    const OWN: &str = "SELECT name FROM role WHERE name = $1";
    const LISTED: &str = "SELECT permission FROM role_permission WHERE role = $1";
    if role::built_in(role).is_some() {
        return Ok(role::permissions(&[role.to_owned()], &[]));
    }
    let own: Option<String> = conn.optional(OWN, params![role]).await?;
    own.ok_or_else(|| Fault::field("/role", "role_unknown"))?;
    let listed: Result<Vec<String>, DbError> = conn.all(LISTED, params![role]).await;
    Ok(role::permissions(&[], &listed?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(roles: &[&str]) -> Vec<String> {
        roles.iter().map(ToString::to_string).collect()
    }

    fn between(held: &[&str], change: &RoleChange) -> (Vec<String>, Vec<String>) {
        let difference = change.from(&names(held)).unwrap();
        (difference.given, difference.taken)
    }

    #[test]
    fn what_is_held_already_is_no_change_in_either_case() {
        let change = RoleChange::Grant(names(&["Manager", "auditor", "user"]));
        let (given, taken) = between(&["manager", "user"], &change);
        assert_eq!((given, taken), (names(&["auditor"]), vec![]));
    }

    #[test]
    fn to_set_roles_gives_and_takes_but_leaves_everybodys() {
        let change = RoleChange::Set(names(&["auditor"]));
        let (given, taken) = between(&["manager", "user"], &change);
        assert_eq!((given, taken), (names(&["auditor"]), names(&["manager"])));
    }

    #[test]
    fn everybodys_role_is_taken_from_nobody() {
        let change = RoleChange::Withdraw(names(&["USER"]));
        assert!(change.from(&names(&["user"])).is_err());
    }
}
