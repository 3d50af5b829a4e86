//! Who may act on whose account: one rule, asked inside the unit that acts, with the rows read there.

use hanok_db::{Conn, DbError, Tx, params};
use hanok_web::{Caller, Ctx, PermissionSet};

use crate::account::{self, AccountRow, AccountStatus};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::{self, store as session_store};
use crate::{AccountId, role};

/// In whose name an account is acted on.
#[derive(Clone, Debug)]
pub enum By {
    /// The program's own: a command of the operator, who holds the machine.
    Program,
    /// A person's.
    Person(Caller),
}

impl By {
    /// Whoever calls.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] where nobody is signed in.
    pub fn caller(ctx: &Ctx) -> Result<Self, Fault> {
        let caller = ctx.principal.caller().ok_or(Fault::Unauthorized)?;
        Ok(Self::Person(caller.clone()))
    }
}

/// Whether a use case may be turned on one's own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oneself {
    /// It may, where the rule lets one act on an account like one's own.
    Allowed,
    /// Nobody does it to themselves.
    Refused,
}

/// An account that is acted on, as the unit read it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The row, which the unit has locked.
    pub row: AccountRow,
    /// Its roles, the highest first.
    pub roles: Vec<String>,
    /// What they allow.
    pub permissions: PermissionSet,
}

/// Whether someone who holds `held` may act on an account with these roles and permissions: nobody acts on an account
/// that holds what they lack, and only who may grant `admin` and `super_admin` acts on one that holds them.
pub fn may_act_on(held: &PermissionSet, roles: &[String], permissions: &PermissionSet) -> bool {
    let is_high = |name: &String| matches!(name.as_str(), role::ADMIN | role::SUPER_ADMIN);
    held.is_everything() || (!roles.iter().any(is_high) && held.covers(permissions))
}

impl Accounts {
    /// Locks and reads an account, and refuses where `by` may not act on it.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Forbidden`]; [`Fault::Unauthorized`] where the caller's own rights or session have
    /// changed since they were read.
    pub async fn target(
        &self,
        tx: &mut Tx,
        by: &By,
        id: AccountId,
        oneself: Oneself,
    ) -> Result<Target, Fault> {
        let locked = account::store::lock(tx, id).await?;
        locked.then_some(()).ok_or(Fault::NotFound)?;
        let target = read(tx, id).await?.ok_or(Fault::NotFound)?;
        if let By::Person(caller) = by {
            still_holds(tx, caller).await?;
            let may = (caller.account != id || oneself == Oneself::Allowed)
                && may_act_on(&caller.permissions, &target.roles, &target.permissions);
            may.then_some(()).ok_or(Fault::Forbidden)?;
        }
        Ok(target)
    }
}

/// An account with what it may do.
///
/// # Errors
/// The store's.
pub async fn read(conn: &mut Conn, id: AccountId) -> Result<Option<Target>, DbError> {
    let Some(row) = account::find(conn, id).await? else {
        return Ok(None);
    };
    let (roles, own) = role::of_account(conn, id).await?;
    Ok(Some(Target {
        row,
        permissions: role::permissions(&roles, &own),
        roles,
    }))
}

/// Refuses a caller whose account has changed since their rights were read, or whose session has ended.
///
/// # Errors
/// [`Fault::Unauthorized`]; the store's.
pub async fn still_holds(conn: &mut Conn, caller: &Caller) -> Result<(), Fault> {
    const SQL: &str = "SELECT version, status FROM account WHERE id = $1";
    let now: Option<(i64, AccountStatus)> = conn.optional(SQL, params![caller.account]).await?;
    let unchanged = now == Some((caller.version, AccountStatus::Active));
    unchanged.then_some(()).ok_or(Fault::Unauthorized)?;
    if let Some(id) = caller.session {
        let id = session::SessionId::from_uuid(id);
        let lives = session_store::confirmed_at(conn, id, caller.account).await?;
        lives.ok_or(Fault::Unauthorized)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(actor: &[&str], target: &[&str]) -> bool {
        let names = |roles: &[&str]| roles.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (actor, target) = (names(actor), names(target));
        let permissions = role::permissions(&target, &[]);
        may_act_on(&role::permissions(&actor, &[]), &target, &permissions)
    }

    #[test]
    fn an_admin_acts_on_those_below_and_on_no_other_admin() {
        for below in ["user", "manager", "auditor", "service_admin"] {
            assert!(may(&["admin"], &[below]), "{below}");
        }
        assert!(!may(&["admin"], &["admin"]));
        assert!(!may(&["admin"], &["manager", "super_admin"]));
        assert!(may(&["super_admin"], &["admin"]) && may(&["super_admin"], &["super_admin"]));
    }

    #[test]
    fn nobody_acts_on_an_account_that_holds_what_they_lack() {
        assert!(!may(&["manager"], &["auditor"]));
        let admin = role::permissions(&["admin".to_owned()], &[]);
        let own = role::permissions(&["own".to_owned()], &["full_user_info".to_owned()]);
        assert!(!may_act_on(&admin, &["own".to_owned()], &own));
    }
}
