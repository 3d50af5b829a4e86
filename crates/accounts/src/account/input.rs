//! What a person types to register, and how it becomes a [`NewAccount`].

use hanok_base::Secret;
use hanok_web::error::FieldError;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::create::NewAccount;
use crate::birthdate::{Birthdate, BirthdateFault};
use crate::email::{EmailAddress, EmailFault};
use crate::fault::Fault;
use crate::password::{self, Password};
use crate::person_name::{PersonName, PersonNameFault};
use crate::phone::{PhoneFault, PhoneNumber};
use crate::role;
use crate::username::{Username, UsernameFault};

/// A registration.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RegisterIn {
    /// The name to sign in with; `username` is the same.
    user_id: Option<String>,
    /// The name to sign in with; `user_id` is the same.
    username: Option<String>,
    /// At least 8 characters with upper, lower, digit and special.
    #[schema(value_type = String)]
    password: Option<Secret>,
    /// The password once more, where a form asks for it.
    #[schema(ignore)]
    password_confirm: Option<Secret>,
    /// The person's name.
    name: Option<String>,
    /// An e-mail address; it counts once it is verified.
    email: Option<String>,
    /// `YYYY-MM-DD`.
    birthdate: Option<String>,
    /// `010-1234-5678`; it counts once it is proven.
    phone_number: Option<String>,
    /// Only `user` may be asked for.
    role: Option<String>,
}

/// Reads a field, noting what is wrong with it.
fn read<T, E>(
    faults: &mut Vec<FieldError>,
    pointer: &'static str,
    value: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, E>,
    code: impl FnOnce(E) -> &'static str,
) -> Option<T> {
    let text = value.filter(|text| !text.trim().is_empty())?;
    match parse(text) {
        Ok(value) => Some(value),
        Err(fault) => {
            faults.push(FieldError::new(pointer, code(fault)));
            None
        }
    }
}

impl RegisterIn {
    /// Every field checked, every fault told at once. `today` is the organisation's day.
    ///
    /// # Errors
    /// [`Fault::Fields`].
    pub fn check(&self, today: Date) -> Result<NewAccount, Fault> {
        let mut faults = Vec::new();
        let (at, typed) = match (&self.user_id, &self.username) {
            (None, Some(username)) => ("/username", Some(username)),
            (user_id, _) => ("/user_id", user_id.as_ref()),
        };
        let username = read(
            &mut faults,
            at,
            typed.map(String::as_str),
            Username::parse,
            UsernameFault::code,
        );
        let name = read(
            &mut faults,
            "/name",
            self.name.as_deref(),
            PersonName::parse,
            PersonNameFault::code,
        );
        let email = read(
            &mut faults,
            "/email",
            self.email.as_deref(),
            EmailAddress::parse,
            EmailFault::code,
        );
        let birthdate = read(
            &mut faults,
            "/birthdate",
            self.birthdate.as_deref(),
            |text| Birthdate::parse(text, today),
            BirthdateFault::code,
        );
        let phone = read(
            &mut faults,
            "/phone_number",
            self.phone_number.as_deref(),
            PhoneNumber::parse,
            PhoneFault::code,
        );
        let password = self.password(username.as_ref(), &mut faults);
        self.confirmed(&mut faults);
        if self
            .role
            .as_deref()
            .is_some_and(|wanted| !wanted.eq_ignore_ascii_case(role::USER))
        {
            faults.push(FieldError::new("/role", "role_not_allowed"));
        }
        self.required(at, typed.map(String::as_str), &mut faults);
        match (username, name, password) {
            (Some(username), Some(name), Some(password)) if faults.is_empty() => Ok(NewAccount {
                email,
                birthdate,
                phone,
                ..NewAccount::new(username, name, Some(password))
            }),
            _ => Err(Fault::Fields(faults)),
        }
    }

    /// Points a fault found later (a name that is taken) at the field that was sent.
    pub(super) fn point(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Fields(mut fields) if self.user_id.is_none() => {
                fields
                    .iter_mut()
                    .filter(|field| field.pointer == "/user_id")
                    .for_each(|field| field.pointer = "/username".into());
                Fault::Fields(fields)
            }
            other => other,
        }
    }

    fn required(&self, at: &'static str, username: Option<&str>, faults: &mut Vec<FieldError>) {
        let blank = |value: Option<&str>| value.is_none_or(|text| text.trim().is_empty());
        let password = self.password.as_ref().map(Secret::expose);
        for (pointer, value) in [
            (at, username),
            ("/name", self.name.as_deref()),
            ("/password", password),
        ] {
            if blank(value) {
                faults.push(FieldError::new(pointer, "required"));
            }
        }
    }

    /// Where the password was typed twice, both are the same.
    fn confirmed(&self, faults: &mut Vec<FieldError>) {
        let typed = |secret: &Option<Secret>| secret.as_ref().map(|text| text.expose().to_owned());
        let again = typed(&self.password_confirm).map(Zeroizing::new);
        if again.is_some() && again != typed(&self.password).map(Zeroizing::new) {
            faults.push(FieldError::new(
                "/password_confirm",
                "password_confirm_differs",
            ));
        }
    }

    /// As the form of the page sends it: the name is `user_id`, and the password was typed twice.
    pub(super) fn completed(mut self) -> Self {
        self.user_id = self.user_id.take().or(self.username.take());
        self.user_id.get_or_insert_default();
        self.password_confirm
            .get_or_insert_with(|| Secret::new(String::new()));
        self
    }

    /// As the form of the first start sends it.
    pub(crate) fn typed_twice(
        user_id: Option<String>,
        name: Option<String>,
        password: Option<Secret>,
        password_confirm: Option<Secret>,
    ) -> Self {
        let typed = Self {
            user_id,
            password,
            password_confirm,
            name,
            ..Self::default()
        };
        typed.completed()
    }

    /// What was typed, for the form that shows it again: never the password.
    pub(super) fn typed(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("user_id", &self.user_id),
            ("name", &self.name),
            ("email", &self.email),
            ("birthdate", &self.birthdate),
            ("phone_number", &self.phone_number),
        ];
        let given = fields.into_iter();
        given
            .filter_map(|(name, value)| Some((name, value.clone()?)))
            .collect()
    }

    fn password(
        &self,
        username: Option<&Username>,
        faults: &mut Vec<FieldError>,
    ) -> Option<Password> {
        let password = Password::new(
            self.password
                .as_ref()
                .filter(|typed| !typed.expose().trim().is_empty())?
                .expose(),
        );
        match password::check(&password, username.map_or("", Username::normalised)) {
            Ok(()) => Some(password),
            Err(found) => {
                faults.extend(
                    found
                        .into_iter()
                        .map(|fault| FieldError::new("/password", fault.code())),
                );
                None
            }
        }
    }
}
