//! One person, and what may be done to their account; who may is asked in the unit that does it.

use hanok_accounts::account::{AccountStatus, Hidden, Locks, Reset, ResetWay, RoleChange};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::{self, By, Target, may_act_on};
use hanok_accounts::permission::{FullUserInfo, UserManagement};
use hanok_accounts::session::PlaceRow;
use hanok_accounts::{AccountId, role};
use hanok_base::Secret;
use hanok_db::{DbError, Tx};
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::input::{EditUserIn, NewUserIn};
use super::list::{Emails, User, caller};
use super::store::{self, SetUp};
use crate::context::People;
use crate::fault::Fault;

/// A person with what is set up for them, sealed values masked.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug)]
pub struct UserDetail {
    /// Who it is.
    pub user: User,
    /// Whether a PIN is set.
    pub has_pin: bool,
    /// Whether a password is set; without one a letter or a phone lets them in.
    pub has_password: bool,
    /// Whether the password opens nothing but the choice of another.
    pub password_must_change: bool,
    /// Whether a birthdate is known.
    pub has_birthdate: bool,
    /// How many phones are paired.
    pub phones: i64,
    /// Where they are signed in; only for who may act on the account.
    pub places: Vec<PlaceRow>,
    /// Whether the caller may act on the account; the unit that does asks again.
    pub may_act: bool,
}

/// A new account, and the password that was made for it.
#[derive(Debug)]
pub struct NewUser {
    /// The person.
    pub user: User,
    /// Shown once, where none was given.
    pub temporary_password: Option<Secret>,
}

impl People {
    /// One person whom the caller may see.
    ///
    /// # Errors
    /// Not found, also where the caller may not see them.
    pub async fn user(
        &self,
        ctx: &Ctx,
        id: AccountId,
        emails: Emails,
    ) -> Result<UserDetail, Fault> {
        let caller = caller(ctx)?.clone();
        let reach = self.reach(&caller);
        let read = self.accounts.db.read(async move |conn| {
            let within = reach.is_everybody() || reach.holds(conn, id).await?;
            within.then_some(()).ok_or_else(Fault::not_found)?;
            let target = authority::read(conn, id).await?;
            let set_up = store::set_up(conn, id).await?;
            let sealed = store::email(conn, id).await?;
            let both = target.zip(set_up).ok_or_else(Fault::not_found)?;
            Ok::<_, Fault>((both, sealed))
        });
        let ((target, set_up), sealed) = read.await?;
        let may_act = may_act(&caller, &target);
        let places = if may_act {
            self.accounts.places_of(ctx, id).await?
        } else {
            Vec::new()
        };
        let mut detail = detail(target, &set_up, places, may_act);
        let reveals = emails == Emails::AsHeld && caller.permissions.contains(FullUserInfo::NAME);
        if let (true, Some(sealed)) = (reveals, sealed) {
            self.note_address(ctx, id).await?;
            detail.user.email = Some(self.accounts.open_email(id, &sealed)?.to_string());
        }
        Ok(detail)
    }

    async fn note_address(&self, ctx: &Ctx, id: AccountId) -> Result<(), Fault> {
        let entry = Entry::new(Action::DataRevealed)
            .subject(id)
            .target("account", id.uuid())
            .details(json!({ "field": "email" }));
        let (people, origin) = (self.clone(), Origin::from(ctx));
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// Every wrong field; `Forbidden` and `PasswordRequired` for roles.
    pub async fn create_user(&self, ctx: &Ctx, input: &NewUserIn) -> Result<NewUser, Fault> {
        let new = input.check(self.accounts.today(ctx.now))?;
        let mut roles = new.roles.clone();
        let made = self.accounts.create_by(ctx, By::caller(ctx)?, new).await;
        let (row, temporary_password) = made.map_err(|fault| input.point(fault))?;
        roles.push(role::USER.to_owned());
        role::sort(&mut roles);
        let user = User {
            email: row.email_masked.clone(),
            roles,
            row,
        };
        Ok(NewUser {
            user,
            temporary_password,
        })
    }

    /// Changes what is known of a person, their department and their status; says whether anything changed.
    ///
    /// # Errors
    /// Every wrong field; not found; `Forbidden`; the last super_admin stays on.
    pub async fn edit_user(
        &self,
        ctx: &Ctx,
        id: AccountId,
        input: &EditUserIn,
    ) -> Result<bool, Fault> {
        let edit = input.check(self.accounts.today(ctx.now))?;
        Ok(self.accounts.edit(ctx, By::caller(ctx)?, id, edit).await?)
    }

    /// Switches an account on or off, or locks it; says whether that was news.
    ///
    /// # Errors
    /// Not found; `Forbidden`, also for one's own; the last super_admin stays on.
    pub async fn set_user_status(
        &self,
        ctx: &Ctx,
        id: AccountId,
        status: AccountStatus,
    ) -> Result<bool, Fault> {
        let by = By::caller(ctx)?;
        Ok(self.accounts.set_status_by(ctx, by, id, status).await?)
    }

    /// Lifts locks; says whether there was one.
    ///
    /// # Errors
    /// Not found; `Forbidden`.
    pub async fn unlock_user(&self, ctx: &Ctx, id: AccountId, locks: Locks) -> Result<bool, Fault> {
        let by = By::caller(ctx)?;
        Ok(self.accounts.unlock_by(ctx, by, id, locks).await?)
    }

    /// Takes a person's password away, so that they choose another: by letter where they have a verified address, else
    /// by a temporary password that is shown once; or as `way` says.
    ///
    /// # Errors
    /// Not found; `Forbidden`; `PasswordRequired`; a letter to who has no verified address.
    pub async fn reset_password(
        &self,
        ctx: &Ctx,
        id: AccountId,
        way: Option<ResetWay>,
    ) -> Result<Reset, Fault> {
        let by = By::caller(ctx)?;
        Ok(self.accounts.reset_password_of(ctx, by, id, way).await?)
    }

    /// Changes a person's roles; says whether that changed anything.
    ///
    /// # Errors
    /// Not found; `Forbidden`; `PasswordRequired`; an unknown role; the last super_admin stays one.
    pub async fn change_roles(
        &self,
        ctx: &Ctx,
        id: AccountId,
        change: RoleChange,
    ) -> Result<bool, Fault> {
        let by = By::caller(ctx)?;
        Ok(self.accounts.change_roles(ctx, by, id, change).await?)
    }

    /// Makes a user an admin; says whether they were none.
    ///
    /// # Errors
    /// As [`change_roles`](Self::change_roles): only a super_admin may.
    pub async fn promote(&self, ctx: &Ctx, id: AccountId) -> Result<bool, Fault> {
        let admin = RoleChange::Grant(vec![role::ADMIN.to_owned()]);
        self.change_roles(ctx, id, admin).await
    }

    /// Makes an admin a user; says whether they were one.
    ///
    /// # Errors
    /// As [`promote`](Self::promote).
    pub async fn demote(&self, ctx: &Ctx, id: AccountId) -> Result<bool, Fault> {
        let admin = RoleChange::Withdraw(vec![role::ADMIN.to_owned()]);
        self.change_roles(ctx, id, admin).await
    }

    /// Ends every session of a person; says how many there were.
    ///
    /// # Errors
    /// Not found; `Forbidden`.
    pub async fn end_sessions(&self, ctx: &Ctx, id: AccountId) -> Result<usize, Fault> {
        Ok(self
            .accounts
            .end_sessions_by(ctx, By::caller(ctx)?, id)
            .await?)
    }

    /// Shows one masked value, for a reason of 3 to 200 characters that its owner can read. `None` where there is none.
    ///
    /// # Errors
    /// A reason that is none; not found; `Forbidden` for who lacks `full_user_info`.
    pub async fn reveal(
        &self,
        ctx: &Ctx,
        id: AccountId,
        field: Hidden,
        reason: &str,
    ) -> Result<Option<String>, Fault> {
        let by = By::caller(ctx)?;
        let shown = self.accounts.reveal(ctx, by, id, (field, reason)).await?;
        Ok(shown.map(|value| value.to_string()))
    }

    /// Removes an account that nothing else stands on.
    ///
    /// # Errors
    /// [`Fault::Conflict`] where records need it: it can be switched off instead; not found; `Forbidden`, also for
    /// one's own; the last super_admin stays.
    pub async fn delete_user(&self, ctx: &Ctx, id: AccountId) -> Result<(), Fault> {
        let removed = self.accounts.remove(ctx, By::caller(ctx)?, id).await;
        removed.map_err(|fault| match fault {
            hanok_accounts::Fault::Store(DbError::ForeignKey) => {
                Fault::Conflict("user_has_records")
            }
            other => other.into(),
        })
    }
}

/// Whether the caller may act on an account, as far as what was read can tell.
fn may_act(caller: &Caller, target: &Target) -> bool {
    caller.permissions.contains(UserManagement::NAME)
        && caller.account != target.row.id
        && may_act_on(&caller.permissions, &target.roles, &target.permissions)
}

fn detail(target: Target, set_up: &SetUp, places: Vec<PlaceRow>, may_act: bool) -> UserDetail {
    UserDetail {
        user: User {
            email: target.row.email_masked.clone(),
            roles: target.roles,
            row: target.row,
        },
        has_pin: set_up.has_pin,
        has_password: set_up.has_password,
        password_must_change: set_up.password_must_change,
        has_birthdate: set_up.has_birthdate,
        phones: set_up.phones,
        places,
        may_act,
    }
}
