//! What an administrator does to accounts: see them, lock, switch off, unlock, edit, reset, end, remove; and roles.

mod close;
mod edit;
mod ends;
mod open;
mod remove;
mod reset;
mod reveal;
mod roles;

use const_format::concatcp;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::Event;
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;

use super::{AccountRow, AccountStatus, find_by_username};
use crate::attempt::{PASSWORD, PIN};
use crate::audit::{Action, Entry, Origin};
use crate::authority::{By, Oneself};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::username::Username;
use crate::{AccountId, role};

pub use edit::AccountEdit;
pub use reset::{Reset, ResetWay};
pub use reveal::Hidden;
pub use roles::RoleChange;

/// Which locks of an account are lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locks {
    /// That of failed passwords, and one that was set by hand.
    pub password: bool,
    /// That of failed PINs.
    pub pin: bool,
}

impl Locks {
    /// Every one.
    pub const ALL: Self = Self {
        password: true,
        pin: true,
    };
}

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

    /// As [`set_status_by`](Self::set_status_by) the program.
    ///
    /// # Errors
    /// As there.
    pub async fn set_status(
        &self,
        ctx: &Ctx,
        id: AccountId,
        status: AccountStatus,
    ) -> Result<bool, Fault> {
        self.set_status_by(ctx, By::Program, id, status).await
    }

    /// Switches an account on or off, or locks it; its sessions end at once. Says whether that was news.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Forbidden`]; [`Fault::LastSuperAdmin`].
    pub async fn set_status_by(
        &self,
        ctx: &Ctx,
        by: By,
        id: AccountId,
        status: AccountStatus,
    ) -> Result<bool, Fault> {
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| accounts.set_status_in(tx, &ctx, &by, id, status).await)
            .await
    }

    async fn set_status_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        id: AccountId,
        status: AccountStatus,
    ) -> Result<bool, Fault> {
        let others = other_super_admin(tx, id).await?;
        let target = self.target(tx, by, id, Oneself::Refused).await?;
        if target.row.status == status {
            return Ok(false);
        }
        if status != AccountStatus::Active && others == Others::None {
            return Err(Fault::LastSuperAdmin);
        }
        let reopened = status == AccountStatus::Active && self.reopen_in(tx, ctx, id).await?;
        let details = match target.row.status {
            AccountStatus::Disabled if reopened => json!({ "status": status, "was": "closed" }),
            AccountStatus::Disabled => json!({ "status": status, "was": "disabled" }),
            _ => json!({ "status": status }),
        };
        let action = match status {
            AccountStatus::Active => Action::AccountUnlocked,
            AccountStatus::Locked => Action::AccountLocked,
            AccountStatus::Disabled => Action::AdminAction,
        };
        let (version, entry) = (target.row.version + 1, Entry::new(action));
        let entry = entry.details(details);
        self.record_change(tx, ctx, id, version, entry).await?;
        let set = tx.execute(SET_STATUS, params![id, status, version]).await?;
        (set == 1).then_some(()).ok_or(Fault::Busy)?;
        if status != AccountStatus::Active {
            self.end_sessions(tx, id, None, ctx.now).await?;
        }
        self.tell_change(tx, ctx, id).await?;
        Ok(true)
    }

    /// Lifts every lock of an account, as the program; says whether there was one.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn unlock(&self, ctx: &Ctx, id: AccountId) -> Result<bool, Fault> {
        self.unlock_by(ctx, By::Program, id, Locks::ALL).await
    }

    /// Lifts locks of an account; says whether there was one.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Forbidden`].
    pub async fn unlock_by(
        &self,
        ctx: &Ctx,
        by: By,
        id: AccountId,
        locks: Locks,
    ) -> Result<bool, Fault> {
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| accounts.unlock_in(tx, &ctx, &by, id, locks).await)
            .await
    }

    async fn unlock_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        id: AccountId,
        locks: Locks,
    ) -> Result<bool, Fault> {
        let row = self.target(tx, by, id, Oneself::Refused).await?.row;
        let password = locks.password && PASSWORD.unlock(tx, id).await?;
        let pin = locks.pin && PIN.unlock(tx, id).await?;
        let (password, pin) = (
            password && row.password_locked_at.is_some(),
            pin && row.pin_locked_at.is_some(),
        );
        if password || pin {
            let entry = Entry::new(Action::AccountUnlocked)
                .subject(id)
                .target("account", id.uuid());
            let entry = entry.details(json!({ "password": password, "pin": pin }));
            self.audit.record(tx, &Origin::from(ctx), entry).await?;
        }
        let by_hand = locks.password && row.status == AccountStatus::Locked;
        let opened = by_hand
            && self
                .set_status_in(tx, ctx, by, id, AccountStatus::Active)
                .await?;
        Ok(password || pin || opened)
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
    pub(crate) async fn tell_change(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        id: AccountId,
    ) -> Result<(), DbError> {
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
