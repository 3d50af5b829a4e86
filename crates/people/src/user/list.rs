//! Reading the list of people.

use hanok_accounts::account::AccountRow;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::email::EmailAddress;
use hanok_accounts::permission::FullUserInfo;
use hanok_accounts::phone::PhoneNumber;
use hanok_accounts::{AccountId, role};
use hanok_base::counters::Limit;
use hanok_db::Tx;
use hanok_db::paging::NumberedPage;
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::rules::UserFilter;
use super::store::{self, Exactly, Wanted};
use crate::context::People;
use crate::fault::Fault;

/// How e-mail addresses are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emails {
    /// Masked: on every page.
    Masked,
    /// As they are, on the record, where the reader holds `full_user_info`.
    AsHeld,
}

/// A person of the list.
#[derive(Clone, Debug)]
pub struct User {
    /// The account.
    pub row: AccountRow,
    /// Every role, the highest first.
    pub roles: Vec<String>,
    /// The e-mail address, masked unless it was asked for otherwise.
    pub email: Option<String>,
}

impl User {
    /// The highest role.
    pub fn role(&self) -> &str {
        self.roles.first().map_or(role::USER, String::as_str)
    }
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct UserList {
    /// Its people.
    pub users: Vec<User>,
    /// Its number, from 1.
    pub page: u32,
    /// How many a page has.
    pub per_page: u32,
    /// How many people the filter lets through.
    pub total: u64,
    /// How many numbered pages there are, at most 500.
    pub pages: u32,
}

/// Whoever is signed in.
pub(super) fn caller(ctx: &Ctx) -> Result<&Caller, Fault> {
    let caller = ctx.principal.caller();
    caller.ok_or(Fault::Accounts(hanok_accounts::Fault::Unauthorized))
}

impl People {
    /// A page of the people whom the caller may see: three statements, and those of the trail for addresses as they are.
    ///
    /// # Errors
    /// `Unauthorized`; the store's.
    pub async fn list_users(
        &self,
        ctx: &Ctx,
        filter: UserFilter,
        page: NumberedPage,
        emails: Emails,
    ) -> Result<UserList, Fault> {
        let caller = caller(ctx)?;
        let reveals = emails == Emails::AsHeld && caller.permissions.contains(FullUserInfo::NAME);
        let reach = self.reach(caller);
        let exactly = match &filter.q {
            Some(q) if reach.is_everybody() => self.exactly(q),
            _ => Exactly::default(),
        };
        let read = self.accounts.db.read(async move |conn| {
            let wanted = Wanted {
                reach: &reach,
                filter: &filter,
                exactly,
            };
            let total = store::count(conn, &wanted).await?;
            let rows = if reveals {
                store::rows_with_addresses(conn, &wanted, page).await?
            } else {
                let bare = store::rows(conn, &wanted, page).await?;
                bare.into_iter().map(|row| (row, None)).collect()
            };
            let ids: Vec<AccountId> = rows.iter().map(|(row, _)| row.id).collect();
            let roles = store::roles(conn, &ids).await?;
            Ok::<_, Fault>((total, rows, roles))
        });
        let (total, rows, roles) = read.await?;
        if reveals {
            let ids = rows.iter().map(|(row, _)| row.id).collect();
            self.note_addresses(ctx, ids).await?;
        }
        let users: Result<Vec<User>, Fault> = rows
            .into_iter()
            .map(|(row, sealed)| self.with_address(of_row(row, &roles), sealed.as_deref()))
            .collect();
        let users = users?;
        Ok(UserList {
            users,
            page: page.number(),
            per_page: page.limit(),
            total,
            pages: page.pages(total),
        })
    }

    /// What a search that names one person looks for.
    pub(super) fn exactly(&self, q: &str) -> Exactly {
        let phone = PhoneNumber::parse(q).ok();
        let email = EmailAddress::parse(q).ok();
        let bare = |indexes: Vec<(u32, [u8; 32])>| indexes.into_iter().map(|(_, it)| it).collect();
        Exactly {
            phone: phone.map_or_else(Vec::new, |it| bare(self.accounts.phone_indexes(&it))),
            email: email.map_or_else(Vec::new, |it| bare(self.accounts.email_indexes(&it))),
        }
    }

    /// One row for the call, before anything is shown.
    async fn note_addresses(&self, ctx: &Ctx, ids: Vec<AccountId>) -> Result<(), Fault> {
        let entry = Entry::new(Action::DataRevealed)
            .details(json!({ "field": "email", "list": "users", "accounts": ids }));
        let (people, origin) = (self.clone(), Origin::from(ctx));
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await
    }

    /// The person with the address as it is, where it was read.
    fn with_address(&self, mut user: User, sealed: Option<&[u8]>) -> Result<User, Fault> {
        if let Some(sealed) = sealed {
            let open = self.accounts.open_email(user.row.id, sealed)?;
            user.email = Some(open.to_string());
        }
        Ok(user)
    }

    /// Counts a reading of the list over the interface.
    ///
    /// # Errors
    /// `TooOften`.
    pub(super) async fn limit_user_list(&self, ctx: &Ctx) -> Result<(), Fault> {
        let most = self.accounts.limits.user_list_per_minute;
        if most == 0 {
            return Ok(());
        }
        let key = format!("user-list|{}", caller(ctx)?.account);
        let counters = &self.accounts.counters;
        let decision = counters.hit(&key, Limit::per_minute(most), ctx.now).await;
        if decision.allowed {
            Ok(())
        } else {
            Err(hanok_accounts::Fault::TooOften(decision.reset).into())
        }
    }
}

/// A person of the list, with the roles that are theirs.
pub(super) fn of_row(row: AccountRow, roles: &[(AccountId, String)]) -> User {
    let own = roles.iter().filter(|(id, _)| *id == row.id);
    let mut held: Vec<String> = own.map(|(_, role)| role.clone()).collect();
    if !held.iter().any(|name| name == role::USER) {
        held.push(role::USER.to_owned());
    }
    role::sort(&mut held);
    User {
        email: row.email_masked.clone(),
        roles: held,
        row,
    }
}
