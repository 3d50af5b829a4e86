//! Changing what is known of somebody. What its owner has proven (number, address), only its owner changes.

use hanok_base::{Id, Timestamp};
use hanok_db::{DbError, Tx, params};
use hanok_web::Ctx;
use hanok_web::error::FieldError;
use serde_json::json;

use crate::AccountId;
use crate::account::store::{self, SealedRow};
use crate::account::{AccountRow, AccountStatus};
use crate::audit::{Action, Entry, Origin};
use crate::authority::{By, Oneself};
use crate::birthdate::Birthdate;
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::organisation::department::{self, Placed};
use crate::organisation::{DepartmentId, GroupName, OrganisationChanged};
use crate::person_name::PersonName;
use crate::phone::PhoneNumber;

/// What is changed; `None` stays as it is, `Some(None)` goes.
#[derive(Debug, Default)]
pub struct AccountEdit {
    /// The person's name.
    pub name: Option<PersonName>,
    /// The address, unverified from then on.
    pub email: Option<Option<EmailAddress>>,
    /// The number, unproven from then on.
    pub phone: Option<Option<PhoneNumber>>,
    /// The birthdate.
    pub birthdate: Option<Option<Birthdate>>,
    /// The department, which is there already.
    pub department: Option<Option<GroupName>>,
    /// Whether it may be used.
    pub status: Option<AccountStatus>,
}

/// The fields of an edit that differ from what is there.
#[derive(Debug)]
struct Change(Vec<&'static str>);

impl Change {
    fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    fn has(&self, field: &str) -> bool {
        self.0.contains(&field)
    }
}

impl Accounts {
    /// Changes what is known of an account; what does not differ leaves no trace. Says whether anything did.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Forbidden`]; [`Fault::Fields`] for a number that is proven, an address that is
    /// verified, and anything of an account that is erased.
    pub async fn edit(
        &self,
        ctx: &Ctx,
        by: By,
        id: AccountId,
        edit: AccountEdit,
    ) -> Result<bool, Fault> {
        let email = edit.email.clone().flatten();
        let (accounts, context) = (self.clone(), ctx.clone());
        let changed = self.db.write(async move |tx: &mut Tx| {
            // The order of locks is that of every unit: who administers, then the account.
            super::other_super_admin(tx, id).await?;
            let target = accounts.target(tx, &by, id, Oneself::Allowed).await?;
            super::close::refuse_erased(tx, id, "/status").await?;
            let sealed = store::sealed(tx, id).await?.ok_or(Fault::NotFound)?;
            let change = accounts.differs(&target.row, &sealed, &edit)?;
            if change.is_any() {
                accounts
                    .edit_in(tx, &context, &target.row, &edit, &change)
                    .await?;
            }
            let moved = match &edit.department {
                Some(to) => accounts.move_to(tx, &context, id, to.as_ref()).await?,
                None => false,
            };
            let switched = match edit.status {
                Some(status) => {
                    accounts
                        .set_status_in(tx, &context, &by, id, status)
                        .await?
                }
                None => false,
            };
            Ok::<_, Fault>((change.has("email"), change.is_any() || moved || switched))
        });
        let (readdressed, changed) = changed.await?;
        if let Some(email) = email.filter(|_| readdressed) {
            self.verify_registered_email(ctx, id, email).await?;
        }
        Ok(changed)
    }

    fn differs(
        &self,
        row: &AccountRow,
        sealed: &SealedRow,
        edit: &AccountEdit,
    ) -> Result<Change, Fault> {
        let opened = |column: &str, value: &Option<Vec<u8>>| {
            let value = value.as_deref();
            value
                .map(|sealed| self.unseal(row.id, column, sealed))
                .transpose()
        };
        let (email, phone, birthdate) = (
            opened("email", &sealed.email)?,
            opened("phone", &sealed.phone)?,
            opened("birthdate", &sealed.birthdate)?,
        );
        let differs = [
            (
                "name",
                edit.name.as_ref().is_some_and(|it| it.as_str() != row.name),
            ),
            (
                "email",
                edit.email
                    .as_ref()
                    .is_some_and(|it| it.as_ref().map(EmailAddress::address) != email),
            ),
            (
                "phone",
                edit.phone
                    .as_ref()
                    .is_some_and(|it| it.as_ref().map(PhoneNumber::normalised) != phone),
            ),
            (
                "birthdate",
                edit.birthdate
                    .as_ref()
                    .is_some_and(|it| it.as_ref().map(Birthdate::normalised) != birthdate),
            ),
        ];
        let differs = differs.into_iter().filter(|(_, is)| *is);
        let change = Change(differs.map(|(field, _)| field).collect());
        owners(row, &change)?;
        Ok(change)
    }

    async fn edit_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
        edit: &AccountEdit,
        change: &Change,
    ) -> Result<(), Fault> {
        const NAME: &str = "UPDATE account SET name = $2 WHERE id = $1";
        let (id, version) = (row.id, row.version + 1);
        let details = json!({ "by": "administrator", "fields": change.0 });
        let entry = Entry::new(Action::UserInfoUpdate).details(details);
        // The database's guard asks for the row that announces the version before the number changes.
        self.record_change(tx, ctx, id, version, entry).await?;
        if let Some(name) = edit.name.as_ref().filter(|_| change.has("name")) {
            tx.execute(NAME, params![id, name.as_str()]).await?;
        }
        if let Some(email) = edit.email.as_ref().filter(|_| change.has("email")) {
            self.set_email(tx, id, email.as_ref()).await?;
        }
        if let Some(birthdate) = edit.birthdate.as_ref().filter(|_| change.has("birthdate")) {
            self.set_birthdate(tx, id, birthdate.as_ref()).await?;
        }
        if let Some(phone) = edit.phone.as_ref().filter(|_| change.has("phone")) {
            self.set_phone(tx, (id, version), phone.as_ref(), ctx.now)
                .await?;
        }
        self.forget_after_commit(tx, id);
        Ok(())
    }

    /// Moves an account to the department of this name, or out of its own; says whether it was elsewhere.
    async fn move_to(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        id: AccountId,
        to: Option<&GroupName>,
    ) -> Result<bool, Fault> {
        let to = match to {
            Some(name) => Some(meant(tx, name).await?),
            None => None,
        };
        let stay = Id::new(&self.clock, &self.random);
        let from = match department::place(tx, id, to, stay, ctx.now).await? {
            Placed::Moved(from) => from,
            Placed::Already => return Ok(false),
            Placed::Gone => return Err(Fault::field("/department", "department_unknown")),
        };
        self.recheck_seats(tx, id, ctx.now).await?;
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(id)
            .target("account", id.uuid())
            .details(json!({ "by": "administrator", "department": { "from": from, "to": to } }));
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        for department in from.into_iter().chain(to) {
            let changed = OrganisationChanged {
                kind: "department",
                id: department.uuid(),
            };
            self.outbox.publish(tx, &changed).await?;
        }
        Ok(true)
    }

    async fn set_email(
        &self,
        tx: &mut Tx,
        id: AccountId,
        email: Option<&EmailAddress>,
    ) -> Result<(), DbError> {
        const SQL: &str = "UPDATE account SET email = $2, email_masked = $3 WHERE id = $1";
        let sealed = email.map(|email| self.seal(id, "email", email.address().as_bytes()));
        let masked = email.map(EmailAddress::masked);
        tx.execute(SQL, params![id, sealed, masked])
            .await
            .map(|_| ())
    }

    async fn set_birthdate(
        &self,
        tx: &mut Tx,
        id: AccountId,
        birthdate: Option<&Birthdate>,
    ) -> Result<(), DbError> {
        const SQL: &str = "UPDATE account SET birthdate = $2 WHERE id = $1";
        let sealed = birthdate.map(|it| self.seal(id, "birthdate", it.normalised().as_bytes()));
        tx.execute(SQL, params![id, sealed]).await.map(|_| ())
    }

    /// A number counts in what others cache: the version rises, and every process reads the account anew.
    async fn set_phone(
        &self,
        tx: &mut Tx,
        (id, version): (AccountId, i64),
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), DbError> {
        const SQL: &str =
            "UPDATE account SET phone = $2, phone_masked = $3, version = $4 WHERE id = $1";
        let sealed = phone.map(|phone| self.seal(id, "phone", phone.normalised().as_bytes()));
        let masked = phone.map(PhoneNumber::masked);
        tx.execute(SQL, params![id, sealed, masked, version])
            .await?;
        self.revoke(tx, id, None, now).await
    }
}

/// The one department of this name; of several the one without a parent.
async fn meant(tx: &mut Tx, name: &GroupName) -> Result<DepartmentId, Fault> {
    match department::named(tx, name).await?.as_slice() {
        [] => Err(Fault::field("/department", "department_unknown")),
        [only] => Ok(only.id),
        [first, ..] if first.parent_id.is_none() => Ok(first.id),
        _ => Err(Fault::field("/department", "department_ambiguous")),
    }
}

/// Refuses a change of what its owner has proven.
fn owners(row: &AccountRow, change: &Change) -> Result<(), Fault> {
    let proven = [
        (
            change.has("phone") && row.phone_proven_at.is_some(),
            "/phone_number",
            "phone_proven_by_owner",
        ),
        (
            change.has("email") && row.email_verified_at.is_some(),
            "/email",
            "email_verified_by_owner",
        ),
    ];
    let refused = proven.into_iter().filter(|(is, ..)| *is);
    let refused: Vec<FieldError> = refused
        .map(|(_, pointer, code)| FieldError::new(pointer, code))
        .collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Fault::Fields(refused))
    }
}
