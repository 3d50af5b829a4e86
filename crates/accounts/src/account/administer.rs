//! What an administrator does to accounts: see them, lock, switch off, and give and take roles.

use const_format::concatcp;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::Event;
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;

use super::{AccountRow, AccountStatus, find_by_username, store};
use crate::attempt::{PASSWORD, PIN};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::username::Username;
use crate::{AccountId, role};

/// An account changed in a way that others must see: its status or its roles.
#[derive(Serialize)]
struct AccountChanged {
    account_id: AccountId,
}

impl Event for AccountChanged {
    const TYPE: &'static str = "account.changed";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

const PAGE: &str = concatcp!(
    "SELECT ",
    AccountRow::COLUMNS,
    " FROM account WHERE username_key > $1 ORDER BY username_key LIMIT $2"
);
const SET_STATUS: &str =
    "UPDATE account SET status = $2, version = $3 WHERE id = $1 AND version = $3 - 1";
const RAISE: &str = "UPDATE account SET version = $2 WHERE id = $1 AND version = $2 - 1";
const OWN_ROLE: &str = "SELECT name FROM role WHERE name = $1";
/// Who administers; locked, so that of two changes at once one sees the other.
const SUPER_ADMINS: &str = "SELECT a.id FROM account a JOIN role_assignment r ON r.account_id = a.id \
    WHERE r.role = $1 AND a.status = 'active' ORDER BY a.id /*for_update*/";

impl Accounts {
    /// Accounts with their roles in the order of their names, behind `after`.
    ///
    /// # Errors
    /// The store's.
    pub async fn page(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(AccountRow, Vec<String>)>, DbError> {
        let after = after
            .and_then(|name| Username::parse(name).ok())
            .map(|name| name.normalised().to_owned());
        self.db
            .report(async move |conn: &mut Conn| {
                let rows: Vec<AccountRow> = conn
                    .all(PAGE, params![after.as_deref().unwrap_or_default(), limit])
                    .await?;
                let mut page = Vec::with_capacity(rows.len());
                for row in rows {
                    let (roles, _) = role::of_account(conn, row.id).await?;
                    page.push((row, roles));
                }
                Ok(page)
            })
            .await
    }

    /// The account of a username.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn named(&self, username: &str) -> Result<AccountRow, Fault> {
        let name = Username::parse(username).map_err(|_| Fault::NotFound)?;
        let found = self
            .db
            .read(async move |conn| find_by_username(conn, name.normalised()).await)
            .await?;
        found.ok_or(Fault::NotFound)
    }

    /// Switches an account on or off, or locks it; its sessions end at once. Says whether that was news.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::LastSuperAdmin`].
    pub async fn set_status(
        &self,
        ctx: &Ctx,
        id: AccountId,
        status: AccountStatus,
    ) -> Result<bool, Fault> {
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                let others = other_super_admin(tx, id).await?;
                let version = store::next_version(tx, id).await?.ok_or(Fault::NotFound)?;
                let row = store::find(tx, id).await?.ok_or(Fault::NotFound)?;
                if row.status == status {
                    return Ok(false);
                }
                if status != AccountStatus::Active && others == Others::None {
                    return Err(Fault::LastSuperAdmin);
                }
                let action = match status {
                    AccountStatus::Active => Action::AccountUnlocked,
                    AccountStatus::Locked => Action::AccountLocked,
                    AccountStatus::Disabled => Action::AdminAction,
                };
                let entry = Entry::new(action).details(json!({ "status": status }));
                accounts.record_change(tx, &ctx, id, version, entry).await?;
                tx.execute(SET_STATUS, params![id, status, version]).await?;
                if status != AccountStatus::Active {
                    accounts.end_sessions(tx, id, None, ctx.now).await?;
                }
                accounts.tell_change(tx, &ctx, id).await?;
                Ok(true)
            })
            .await
    }

    /// Lifts every lock of an account: its own, the password's and the PIN's. Says whether there was one.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn unlock(&self, ctx: &Ctx, id: AccountId) -> Result<bool, Fault> {
        let (accounts, context) = (self.clone(), ctx.clone());
        let lifted = self.db.write(async move |tx: &mut Tx| {
            let row = store::find(tx, id).await?.ok_or(Fault::NotFound)?;
            let (password, pin) = (
                row.password_locked_at.is_some(),
                row.pin_locked_at.is_some(),
            );
            PASSWORD.unlock(tx, id).await?;
            PIN.unlock(tx, id).await?;
            if password || pin {
                let entry = Entry::new(Action::AccountUnlocked)
                    .subject(id)
                    .target("account", id.uuid());
                let entry = entry.details(json!({ "password": password, "pin": pin }));
                accounts
                    .audit
                    .record(tx, &Origin::from(&context), entry)
                    .await?;
            }
            Ok::<_, Fault>((password || pin, row.status))
        });
        let (lifted, status) = lifted.await?;
        let opened = status == AccountStatus::Locked
            && self.set_status(ctx, id, AccountStatus::Active).await?;
        Ok(lifted || opened)
    }

    /// Gives an account a role; says whether it did not hold it before.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a role that is not there; [`Fault::NotFound`].
    pub async fn grant_role(&self, ctx: &Ctx, id: AccountId, role: &str) -> Result<bool, Fault> {
        self.change_role(ctx, id, role, true).await
    }

    /// Takes a role from an account; says whether it held it.
    ///
    /// # Errors
    /// As [`grant_role`](Self::grant_role); [`Fault::LastSuperAdmin`].
    pub async fn withdraw_role(&self, ctx: &Ctx, id: AccountId, role: &str) -> Result<bool, Fault> {
        self.change_role(ctx, id, role, false).await
    }

    async fn change_role(
        &self,
        ctx: &Ctx,
        id: AccountId,
        role: &str,
        grant: bool,
    ) -> Result<bool, Fault> {
        let role = role.trim().to_lowercase();
        if role == role::USER {
            // Every account holds it.
            return if grant {
                Ok(false)
            } else {
                Err(Fault::field("/role", "role_of_everybody"))
            };
        }
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                let own: Option<String> = tx.optional(OWN_ROLE, params![role]).await?;
                if role::built_in(&role).is_none() && own.is_none() {
                    return Err(Fault::field("/role", "role_unknown"));
                }
                let others = other_super_admin(tx, id).await?;
                let version = store::next_version(tx, id).await?.ok_or(Fault::NotFound)?;
                let changed = if grant {
                    role::assign(tx, id, &role, ctx.account(), ctx.now).await?
                } else {
                    role::withdraw(tx, id, &role).await?
                };
                if !changed {
                    return Ok(false);
                }
                if !grant && role == role::SUPER_ADMIN && others == Others::None {
                    return Err(Fault::LastSuperAdmin);
                }
                let word = if grant { "granted" } else { "withdrawn" };
                let entry = Entry::new(Action::RoleChange).details(json!({ word: role }));
                accounts.record_change(tx, &ctx, id, version, entry).await?;
                tx.execute(RAISE, params![id, version]).await?;
                accounts.tell_change(tx, &ctx, id).await?;
                Ok(true)
            })
            .await
    }

    async fn record_change(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        id: AccountId,
        version: i64,
        entry: Entry,
    ) -> Result<(), DbError> {
        let entry = entry
            .subject(id)
            .target("account", id.uuid())
            .version(version);
        self.audit
            .record(tx, &Origin::from(ctx), entry)
            .await
            .map(|_| ())
    }

    /// The event, and the news to every process that what it knows of the account is old.
    async fn tell_change(&self, tx: &mut Tx, ctx: &Ctx, id: AccountId) -> Result<(), DbError> {
        self.outbox
            .publish(tx, &AccountChanged { account_id: id })
            .await?;
        self.revoke(tx, id, None, ctx.now).await
    }
}

/// Whether somebody else could still administer everything.
#[derive(PartialEq, Eq)]
enum Others {
    Some,
    None,
}

/// Looks for super_admins beside `id`; `Some` also where `id` is none.
async fn other_super_admin(tx: &mut Tx, id: AccountId) -> Result<Others, DbError> {
    let holders: Vec<AccountId> = tx.all(SUPER_ADMINS, params![role::SUPER_ADMIN]).await?;
    Ok(if holders == [id] {
        Others::None
    } else {
        Others::Some
    })
}
