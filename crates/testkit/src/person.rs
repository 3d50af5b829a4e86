//! People: an account with all that a test needs to act as its owner.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_accounts::account::NewAccount;
use hanok_accounts::birthdate::Birthdate;
use hanok_accounts::ci::Ci;
use hanok_accounts::email::EmailAddress;
use hanok_accounts::password::Password;
use hanok_accounts::person_name::PersonName;
use hanok_accounts::phone::PhoneNumber;
use hanok_accounts::username::Username;
use hanok_web::Ctx;
use jiff::civil::Date;
use serde_json::json;

use crate::answer::Answer;
use crate::site::Site;

/// The password of every person who was given no other.
pub const PASSWORD: &str = "Maru-tree-7";
/// The PIN of every person who was given no other.
pub const PIN: &str = "482916";

/// A person, with what only they know.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub id: AccountId,
    /// The name to sign in with.
    pub username: String,
    /// The password.
    pub password: String,
    /// The PIN; empty where none is set.
    pub pin: String,
    /// The phone number, `010-1234-5678`; empty where there is none.
    pub phone: String,
    /// The access token of the sign-in; empty before one.
    pub token: String,
    /// Its refresh token.
    pub refresh_token: String,
}

impl Person {
    /// Keeps the tokens of an answer to a sign-in or a refresh.
    ///
    /// # Panics
    /// When it holds none.
    pub fn keep_tokens(&mut self, answer: &Answer) {
        let word = |name: &str| {
            answer.body[name]
                .as_str()
                .expect("a sign-in gives tokens")
                .to_owned()
        };
        (self.token, self.refresh_token) = (word("access_token"), word("refresh_token"));
    }
}

/// A person to be made; awaiting it makes them.
#[must_use = "a person is made when this is awaited"]
pub struct NewPerson {
    site: Site,
    username: String,
    password: Option<String>,
    password_hash: Option<String>,
    name: String,
    phone: Option<String>,
    proven: bool,
    pin: Option<String>,
    birthdate: Option<String>,
    email: Option<String>,
    email_verified: bool,
    ci: Option<String>,
    roles: Vec<String>,
    signs_in: bool,
}

impl NewPerson {
    pub(crate) fn new(site: &Site, username: &str) -> Self {
        let number = site.next_number();
        Self {
            site: site.clone(),
            username: username.to_owned(),
            password: Some(PASSWORD.to_owned()),
            password_hash: None,
            name: "김하늘".to_owned(),
            phone: Some(format!(
                "010-{:04}-{:04}",
                7300 + number / 10_000,
                number % 10_000
            )),
            proven: true,
            pin: Some(PIN.to_owned()),
            birthdate: None,
            email: None,
            email_verified: false,
            ci: None,
            roles: Vec::new(),
            signs_in: true,
        }
    }

    /// Another password.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// The hash of `password` that another system made, as an import brings it.
    pub fn imported_hash(mut self, password: &str, hash: &str) -> Self {
        self.password_hash = Some(hash.to_owned());
        self.password(password)
    }

    /// Another name than 김하늘.
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Another phone number.
    pub fn phone(mut self, phone: &str) -> Self {
        self.phone = Some(phone.to_owned());
        self
    }

    /// No phone number, and so no PIN.
    pub fn without_phone(mut self) -> Self {
        self.phone = None;
        self.without_pin()
    }

    /// A phone number that is not proven, and so no PIN.
    pub fn unproven(mut self) -> Self {
        self.proven = false;
        self.without_pin()
    }

    /// Another PIN.
    pub fn pin(mut self, pin: &str) -> Self {
        self.pin = Some(pin.to_owned());
        self
    }

    /// No PIN.
    pub fn without_pin(mut self) -> Self {
        self.pin = None;
        self
    }

    /// A birthdate, `YYYY-MM-DD`.
    pub fn birthdate(mut self, birthdate: &str) -> Self {
        self.birthdate = Some(birthdate.to_owned());
        self
    }

    /// An e-mail address, unverified.
    pub fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// An e-mail address that is verified.
    pub fn verified_email(mut self, email: &str) -> Self {
        self.email_verified = true;
        self.email(email)
    }

    /// A CI, as an import brings it.
    pub fn ci(mut self, ci: &str) -> Self {
        self.ci = Some(ci.to_owned());
        self
    }

    /// Roles beside `user`.
    pub fn roles(mut self, roles: &[&str]) -> Self {
        self.roles = roles.iter().map(ToString::to_string).collect();
        self
    }

    /// Does not sign in, and so has neither token nor PIN.
    pub fn signed_out(mut self) -> Self {
        self.signs_in = false;
        self.without_pin()
    }

    async fn make(self) -> Person {
        let accounts = &self.site.accounts;
        let ctx = Ctx::program("testkit", accounts.clock.now());
        let row = accounts.create(&ctx, self.account()).await.unwrap();
        if let Some(email) = self.email.as_deref().filter(|_| self.email_verified) {
            let email = EmailAddress::parse(email).unwrap();
            accounts.accept_email(&ctx, row.id, email).await.unwrap();
        }
        let mut person = Person {
            id: row.id,
            username: self.username,
            password: self.password.unwrap_or_default(),
            pin: String::new(),
            phone: self.phone.unwrap_or_default(),
            token: String::new(),
            refresh_token: String::new(),
        };
        if self.signs_in {
            self.site.sign_in_again(&mut person).await;
        }
        if let Some(pin) = self.pin {
            set_pin(&self.site, &mut person, pin).await;
        }
        person
    }

    fn account(&self) -> NewAccount {
        let password = self
            .password
            .as_deref()
            .filter(|_| self.password_hash.is_none());
        let (username, name) = (
            Username::parse(&self.username).unwrap(),
            PersonName::parse(&self.name).unwrap(),
        );
        NewAccount {
            password_hash: self.password_hash.clone(),
            email: self
                .email
                .as_deref()
                .map(|email| EmailAddress::parse(email).unwrap()),
            birthdate: self
                .birthdate
                .as_deref()
                .map(|date| Birthdate::parse(date, Date::MAX).unwrap()),
            phone: self
                .phone
                .as_deref()
                .map(|phone| PhoneNumber::parse(phone).unwrap()),
            phone_proven: self.proven && self.phone.is_some(),
            ci: self.ci.as_deref().map(|ci| (Ci::parse(ci).unwrap(), false)),
            roles: self.roles.clone(),
            ..NewAccount::new(username, name, password.map(Password::new))
        }
    }
}

impl IntoFuture for NewPerson {
    type Output = Person;
    type IntoFuture = BoxFuture<'static, Person>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.make())
    }
}

/// Sets the PIN as its owner, which ends the access token, and refreshes that.
async fn set_pin(site: &Site, person: &mut Person, pin: String) {
    let set = site
        .client()
        .of(person)
        .put("/api/v1/me/pin")
        .json(json!({ "pin_code": pin }))
        .await;
    assert_eq!(set.status, 204, "{}", set.text);
    person.pin = pin;
    let refresh = json!({ "refresh_token": person.refresh_token });
    person.keep_tokens(
        &site
            .client()
            .post("/api/v1/auth/refresh")
            .json(refresh)
            .await
            .assert_status(200),
    );
}
