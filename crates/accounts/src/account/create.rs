//! Making an account: by registration, by the command line, by import.

use hanok_base::Id;
use hanok_db::Tx;
use hanok_events::Event;
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;

use super::store::{self, NewRow};
use super::{AccountRow, PHONE};
use crate::audit::{Action, Entry, Origin};
use crate::birthdate::Birthdate;
use crate::ci::Ci;
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::organisation::GroupName;
use crate::password::Password;
use crate::person_name::PersonName;
use crate::phone::PhoneNumber;
use crate::username::Username;
use crate::{AccountId, role};
use hanok_db::DbError;

/// An account to be made.
pub struct NewAccount {
    /// The name to sign in with.
    pub username: Username,
    /// The person's name.
    pub name: PersonName,
    /// The password; an account without one signs in by other means.
    pub password: Option<Password>,
    /// A hash from another system instead; it is upgraded at the next sign-in.
    pub password_hash: Option<String>,
    /// An e-mail address, unverified.
    pub email: Option<EmailAddress>,
    /// The birthdate.
    pub birthdate: Option<Birthdate>,
    /// A phone number.
    pub phone: Option<PhoneNumber>,
    /// Whether the number is taken as proven: only an import or the demo may say so, and it is on the record.
    pub phone_proven: bool,
    /// The person's CI, and whether it is a synthetic one.
    pub ci: Option<(Ci, bool)>,
    /// The department's name; it is made where there is none.
    pub department: Option<GroupName>,
    /// Roles beside `user`.
    pub roles: Vec<String>,
}

impl NewAccount {
    /// An account with what is required and nothing else.
    pub fn new(username: Username, name: PersonName, password: Option<Password>) -> Self {
        Self {
            username,
            name,
            password,
            password_hash: None,
            email: None,
            birthdate: None,
            phone: None,
            phone_proven: false,
            ci: None,
            department: None,
            roles: Vec::new(),
        }
    }
}

/// An account was made.
#[derive(Serialize)]
struct AccountCreated {
    account_id: AccountId,
}

impl Event for AccountCreated {
    const TYPE: &'static str = "account.created";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

impl Accounts {
    /// Makes an account: the row, its roles, its CI, its audit row and its event in one unit.
    ///
    /// # Errors
    /// [`Fault::Fields`] where the username or a proven number is taken; [`Fault::Busy`] where the hash
    /// pool is full.
    pub async fn create(&self, ctx: &Ctx, new: NewAccount) -> Result<AccountRow, Fault> {
        let hash = match (&new.password, &new.password_hash) {
            (Some(password), _) => Some(
                self.hashes
                    .reserve()?
                    .hash(password.expose().as_bytes())
                    .await?,
            ),
            (None, hash) => hash.clone(),
        };
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| accounts.create_in(tx, &ctx, &new, hash.as_deref()).await)
            .await
    }

    /// Makes an account inside a unit: the row, its roles, its CI, its audit row and its event. The
    /// password was hashed before.
    ///
    /// # Errors
    /// [`Fault::Fields`] where the username or a proven number is taken.
    pub(crate) async fn create_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        new: &NewAccount,
        hash: Option<&str>,
    ) -> Result<AccountRow, Fault> {
        let (id, origin) = (Id::new(&self.clock, &self.random), Origin::from(ctx));
        // The trail first: the database's guard asks it for what announces a blind index.
        let ci = new.ci.as_ref().map(|(_, synthetic)| !synthetic);
        let details = json!({
            "roles": new.roles,
            "phone_taken_as_proven": new.phone_proven,
            "ci_taken_as_given": ci.unwrap_or(false),
        });
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(id)
            .target("account", id.uuid())
            .version(1);
        self.audit
            .record(tx, &origin, entry.details(details))
            .await?;
        self.insert(tx, &origin, id, new, hash, ctx.now)
            .await
            .map_err(taken)?;
        self.outbox
            .publish(tx, &AccountCreated { account_id: id })
            .await?;
        store::find(tx, id).await?.ok_or(Fault::NotFound)
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        id: AccountId,
        new: &NewAccount,
        hash: Option<&str>,
        now: hanok_base::Timestamp,
    ) -> Result<(), Fault> {
        // The unique index stands behind it; on SQLite a guard against REPLACE would speak before the index.
        let named = store::find_by_username(tx, new.username.normalised()).await?;
        if named.is_some() {
            return Err(Fault::field("/user_id", "username_taken"));
        }
        let email = new.email.as_ref();
        let phone = new.phone.as_ref();
        let sealed_email = email.map(|email| self.seal(id, "email", email.address().as_bytes()));
        let sealed_phone = phone.map(|phone| self.seal(id, "phone", phone.normalised().as_bytes()));
        let sealed_birthdate = new
            .birthdate
            .as_ref()
            .map(|date| self.seal(id, "birthdate", date.normalised().as_bytes()));
        let (email_masked, phone_masked) = (
            email.map(EmailAddress::masked),
            phone.map(PhoneNumber::masked),
        );
        let row = NewRow {
            id,
            username: new.username.as_str(),
            username_key: new.username.normalised(),
            name: new.name.as_str(),
            locale: None,
            password_hash: hash,
            email: sealed_email.as_deref(),
            email_masked: email_masked.as_deref(),
            phone: sealed_phone.as_deref(),
            phone_masked: phone_masked.as_deref(),
            phone_proven_at: (new.phone_proven && phone.is_some()).then_some(now),
            birthdate: sealed_birthdate.as_deref(),
            now,
        };
        store::insert(tx, &row).await?;
        if let Some(hash) = hash {
            store::remember_password(tx, id, hash, self.config.password_history, now).await?;
        }
        if let Some(phone) = phone.filter(|_| new.phone_proven) {
            if let Some(version) = self.reindex_under_way() {
                self.announce_index(tx, origin, id, PHONE, version).await?;
            }
            let free = store::insert_lookup(tx, PHONE, &self.phone_indexes(phone), id).await?;
            free.then_some(())
                .ok_or_else(|| Fault::field("/phone_number", "phone_taken"))?;
        }
        if let Some((ci, synthetic)) = &new.ci {
            self.add_ci(tx, id, ci, *synthetic, now).await?;
        }
        if let Some(department) = &new.department {
            self.join(tx, origin, id, department, now).await?;
        }
        role::assign(tx, id, role::USER, origin.actor, now).await?;
        for name in &new.roles {
            role::assign(tx, id, name, origin.actor, now).await?;
        }
        Ok(())
    }

    /// Adds a version of a person's CI.
    ///
    /// # Errors
    /// The store's.
    pub async fn add_ci(
        &self,
        tx: &mut Tx,
        account: AccountId,
        ci: &Ci,
        synthetic: bool,
        now: hanok_base::Timestamp,
    ) -> Result<(), DbError> {
        const SQL: &str = "INSERT INTO account_ci (id, account_id, version, ci, synthetic, created_at) \
            VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM account_ci WHERE account_id = $2), $3, $4, $5)";
        let id: Id<Ci> = Id::new(&self.clock, &self.random);
        let place = hanok_base::Place::new("account_ci", "ci", id.uuid());
        let sealed = self.keys.seal(place, ci.expose().as_bytes());
        tx.execute(SQL, hanok_db::params![id, account, sealed, synthetic, now])
            .await
            .map(|_| ())
    }
}

/// A name that is there already becomes the field's error.
fn taken(fault: Fault) -> Fault {
    match fault {
        Fault::Store(DbError::Unique { constraint }) if constraint == "account_username" => {
            Fault::field("/user_id", "username_taken")
        }
        other => other,
    }
}
