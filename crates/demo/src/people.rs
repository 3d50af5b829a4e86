//! The people of the demo, and how they come into the store: by the same use cases as everybody else.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, Method};
use hanok_accounts::account::{self, AccountRow, NewAccount};
use hanok_accounts::email::EmailAddress;
use hanok_accounts::password::Password;
use hanok_accounts::person_name::PersonName;
use hanok_accounts::phone::PhoneNumber;
use hanok_accounts::pin::PinCode;
use hanok_accounts::session::AccountsAuthenticator;
use hanok_accounts::username::Username;
use hanok_accounts::{Accounts, Fault, role};
use hanok_base::Secret;
use hanok_web::{Authenticate, Ctx, Error, RequestHead};

/// A person of the demo.
#[derive(Debug)]
pub struct Person {
    /// Their name.
    pub name: &'static str,
    /// The name to sign in with.
    pub username: &'static str,
    /// A password that everybody may know.
    pub password: &'static str,
    /// Their role beside `user`.
    pub higher_role: Option<&'static str>,
    /// A number that counts as proven, and the PIN.
    pub phone: Option<(&'static str, &'static str)>,
}

impl Person {
    /// Their highest role.
    pub fn role(&self) -> &'static str {
        self.higher_role.unwrap_or(role::USER)
    }
}

/// All of them; the first is the one who is asked.
pub const PEOPLE: &[Person] = &[
    Person {
        name: "김하늘",
        username: "haneul",
        password: "Byeol-2026-bit!",
        higher_role: None,
        phone: Some(("010-1234-5678", "482915")),
    },
    Person {
        name: "이도윤",
        username: "admin",
        password: "Hanok-2026-demo!",
        higher_role: Some(role::SUPER_ADMIN),
        phone: None,
    },
    Person {
        name: "박서연",
        username: "service",
        password: "Gage-2026-mun!",
        higher_role: Some(role::SERVICE_ADMIN),
        phone: None,
    },
    Person {
        name: "최민준",
        username: "manager",
        password: "Maru-2026-bang!",
        higher_role: Some("manager"),
        phone: None,
    },
    Person {
        name: "정하은",
        username: "auditor",
        password: "Jangbu-2026-chaek!",
        higher_role: Some("auditor"),
        phone: None,
    },
];

/// The person whom the shop asks for.
pub fn asked() -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.phone.is_some())
}

/// Makes the people that are not there yet; the others stay as they are.
///
/// # Errors
/// Those of the use cases.
pub async fn fill(accounts: &Accounts) -> Result<(), Fault> {
    for person in PEOPLE {
        let row = match find(accounts, person.username).await? {
            Some(row) => row,
            None => make(accounts, person).await?,
        };
        if let Some((_, pin)) = person.phone.filter(|_| row.pin_changed_at.is_none()) {
            set_pin(accounts, person, pin).await?;
        }
    }
    Ok(())
}

async fn find(accounts: &Accounts, username: &'static str) -> Result<Option<AccountRow>, Fault> {
    Ok(accounts
        .db
        .read(async move |conn| account::find_by_username(conn, username).await)
        .await?)
}

async fn make(accounts: &Accounts, person: &Person) -> Result<AccountRow, Fault> {
    let username = Username::parse(person.username).map_err(wrong)?;
    let name = PersonName::parse(person.name).map_err(wrong)?;
    let phone = person
        .phone
        .map(|(number, _)| PhoneNumber::parse(number))
        .transpose()
        .map_err(wrong)?;
    let new = NewAccount {
        phone_proven: phone.is_some(),
        phone,
        roles: person.higher_role.map(str::to_owned).into_iter().collect(),
        ..NewAccount::new(username, name, Some(Password::new(person.password)))
    };
    let (ctx, row) = (ctx(accounts), accounts.create(&ctx(accounts), new).await?);
    let email = format!("{}@hanok.example", person.username);
    let email = EmailAddress::parse(&email).map_err(wrong)?;
    accounts.accept_email(&ctx, row.id, email).await?;
    Ok(row)
}

/// Only the person can set a PIN: signed in, with the password just given.
async fn set_pin(accounts: &Accounts, person: &Person, pin: &str) -> Result<(), Fault> {
    let pin = PinCode::parse(pin).map_err(wrong)?;
    let mut ctx = ctx(accounts);
    let answer = accounts
        .sign_in(
            &ctx,
            person.username,
            &Secret::new(person.password.to_owned()),
        )
        .await?;
    let token = serde_json::to_value(&answer).map_err(wrong)?;
    let token = token
        .get("access_token")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let mut headers = HeaderMap::new();
    headers.insert(
        AUTHORIZATION,
        HeaderValue::try_from(format!("Bearer {token}")).map_err(wrong)?,
    );
    let head = RequestHead {
        method: &Method::PUT,
        target: "/",
        headers: &headers,
        address: ctx.address,
        agent: &ctx.agent,
        request_id: &ctx.request_id,
        now: ctx.now,
        body_sha256: None,
    };
    let caller = AccountsAuthenticator(accounts.clone())
        .authenticate(head)
        .await;
    ctx.principal = caller.map_err(|error: Error| wrong(error))?;
    accounts.set_pin(&ctx, &pin, None).await
}

fn ctx(accounts: &Accounts) -> Ctx {
    Ctx::program("hanok demo", accounts.clock.now())
}

fn wrong(fault: impl std::fmt::Display) -> Fault {
    Fault::Internal(format!("a demo person: {fault}"))
}
