//! What is typed to make or change an account, and how it is read: every fault told at once.

use hanok_accounts::account::{AccountEdit, AccountStatus, NewAccount};
use hanok_accounts::birthdate::{Birthdate, BirthdateFault};
use hanok_accounts::email::{EmailAddress, EmailFault};
use hanok_accounts::organisation::{GroupName, GroupNameFault};
use hanok_accounts::password::{self, Password};
use hanok_accounts::person_name::{PersonName, PersonNameFault};
use hanok_accounts::phone::{PhoneFault, PhoneNumber};
use hanok_accounts::role;
use hanok_accounts::username::{Username, UsernameFault};
use hanok_base::Secret;
use hanok_web::error::FieldError;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::fault::Fault;

/// An account to be made for somebody.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct NewUserIn {
    /// The name to sign in with; `user_id` is the same.
    pub username: Option<String>,
    /// The name to sign in with.
    pub user_id: Option<String>,
    /// The person's name.
    #[schema(value_type = String)]
    pub name: Option<String>,
    /// A first password, changed at the first sign-in; left out, one is made and answered once.
    #[schema(value_type = Option<String>)]
    pub password: Option<Secret>,
    /// An e-mail address; it counts once it is verified.
    pub email: Option<String>,
    /// `YYYY-MM-DD`.
    pub birthdate: Option<String>,
    /// `010-1234-5678`; it counts once it is proven.
    pub phone_number: Option<String>,
    /// The department's name; it is made where there is none.
    pub department: Option<String>,
    /// A role beside `user`; asks for the caller's password.
    pub role: Option<String>,
    /// Roles beside `user`.
    pub roles: Option<Vec<String>>,
}

/// What is changed of an account: what is left out stays, and null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EditUserIn {
    /// The person's name.
    pub name: Option<String>,
    /// An e-mail address, where the person has verified none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub birthdate: Option<Option<String>>,
    /// A phone number, where the person has proven none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub phone_number: Option<Option<String>>,
    /// The name of a department that is there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub department: Option<Option<String>>,
    /// `active`, `locked` or `disabled`.
    #[schema(value_type = Option<String>)]
    pub status: Option<String>,
}

/// A field that is there, null or not.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// The faults of an input, as they are found.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn read<T, E>(
        &mut self,
        pointer: &'static str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
        code: impl FnOnce(E) -> &'static str,
    ) -> Option<T> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        let read = parse(text).map_err(|fault| self.add(pointer, code(fault)));
        read.ok()
    }

    fn add(&mut self, pointer: &'static str, code: &'static str) {
        self.0.push(FieldError::new(pointer, code));
    }

    fn none(self) -> Result<(), Fault> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Fault::fields(self.0))
        }
    }
}

impl NewUserIn {
    /// Every field checked. `today` is the organisation's day.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn check(&self, today: Date) -> Result<NewAccount, Fault> {
        let mut faults = Faults::default();
        let (at, typed) = self.named();
        let username = faults.read(at, typed, Username::parse, UsernameFault::code);
        let name = self.name.as_deref();
        let person = faults.read("/name", name, PersonName::parse, PersonNameFault::code);
        for (pointer, typed) in [(at, typed), ("/name", name)] {
            if typed.is_none_or(|text| text.trim().is_empty()) {
                faults.add(pointer, "required");
            }
        }
        let (email, phone) = (self.email.as_deref(), self.phone_number.as_deref());
        let email = faults.read("/email", email, EmailAddress::parse, EmailFault::code);
        let phone = faults.read("/phone_number", phone, PhoneNumber::parse, PhoneFault::code);
        let born = self.birthdate.as_deref();
        let birthdate = |text: &str| Birthdate::parse(text, today);
        let birthdate = faults.read("/birthdate", born, birthdate, BirthdateFault::code);
        let within = self.department.as_deref();
        let department = faults.read(
            "/department",
            within,
            GroupName::parse,
            GroupNameFault::code,
        );
        let password = self.password(username.as_ref(), &mut faults);
        faults.none()?;
        let both = username.zip(person);
        let (username, name) = both.ok_or_else(|| Fault::field(at, "required"))?;
        Ok(NewAccount {
            email,
            birthdate,
            phone,
            department,
            roles: self.wanted_roles(),
            ..NewAccount::new(username, name, password)
        })
    }

    /// The username, and where it was sent.
    fn named(&self) -> (&'static str, Option<&str>) {
        match (&self.username, &self.user_id) {
            (None, Some(user_id)) => ("/user_id", Some(user_id)),
            (username, _) => ("/username", username.as_deref()),
        }
    }

    fn password(&self, username: Option<&Username>, faults: &mut Faults) -> Option<Password> {
        let typed = self.password.as_ref().map(Secret::expose);
        let typed = Password::new(typed.filter(|text| !text.trim().is_empty())?);
        let name = username.map_or("", Username::normalised);
        if let Err(found) = password::check(&typed, name) {
            found
                .iter()
                .for_each(|fault| faults.add("/password", fault.code()));
        }
        Some(typed)
    }

    fn wanted_roles(&self) -> Vec<String> {
        let named = self.role.iter().chain(self.roles.iter().flatten());
        let mut roles: Vec<String> = named
            .map(|name| name.trim().to_lowercase())
            .filter(|name| !name.is_empty() && name != role::USER)
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }

    /// Points a fault that was found later (a name that is taken) at the field that was sent.
    pub(super) fn point(&self, fault: hanok_accounts::Fault) -> Fault {
        let (at, _) = self.named();
        match fault {
            hanok_accounts::Fault::Fields(mut fields) => {
                let named = fields
                    .iter_mut()
                    .filter(|field| field.pointer == "/user_id");
                named.for_each(|field| field.pointer = at.into());
                Fault::fields(fields)
            }
            other => other.into(),
        }
    }
}

impl EditUserIn {
    /// Every field checked. `today` is the organisation's day.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn check(&self, today: Date) -> Result<AccountEdit, Fault> {
        let mut faults = Faults::default();
        if self
            .name
            .as_deref()
            .is_some_and(|name| name.trim().is_empty())
        {
            faults.add("/name", "required");
        }
        let birthdate = |text: &str| Birthdate::parse(text, today);
        let edit = AccountEdit {
            name: faults.read(
                "/name",
                self.name.as_deref(),
                PersonName::parse,
                PersonNameFault::code,
            ),
            email: self.email.as_ref().map(|text| {
                faults.read(
                    "/email",
                    text.as_deref(),
                    EmailAddress::parse,
                    EmailFault::code,
                )
            }),
            phone: self.phone_number.as_ref().map(|text| {
                faults.read(
                    "/phone_number",
                    text.as_deref(),
                    PhoneNumber::parse,
                    PhoneFault::code,
                )
            }),
            birthdate: self.birthdate.as_ref().map(|text| {
                faults.read(
                    "/birthdate",
                    text.as_deref(),
                    birthdate,
                    BirthdateFault::code,
                )
            }),
            department: self.department.as_ref().map(|text| {
                faults.read(
                    "/department",
                    text.as_deref(),
                    GroupName::parse,
                    GroupNameFault::code,
                )
            }),
            status: self.status(&mut faults),
        };
        faults.none()?;
        Ok(edit)
    }

    fn status(&self, faults: &mut Faults) -> Option<AccountStatus> {
        let text = self.status.as_deref()?;
        let status = text.trim().parse().ok();
        if status.is_none() {
            let words = AccountStatus::ALL.iter().map(|status| status.as_str());
            let expected = words.collect::<Vec<_>>().join(", ");
            let fault = FieldError::new("/status", "unknown_value");
            faults.0.push(fault.arg("expected", expected));
        }
        status
    }
}
