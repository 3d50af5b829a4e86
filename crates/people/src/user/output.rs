//! People as the interface tells of them.

use hanok_accounts::AccountId;
use hanok_accounts::account::{AccountStatus, Hidden, Reset, ResetWay};
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{User, UserList};
use super::service::{NewUser, UserDetail};

/// A person of the list.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Serialize, ToSchema)]
pub struct UserRowOut {
    /// The account's id.
    #[schema(value_type = String)]
    id: AccountId,
    /// The name to sign in with.
    username: String,
    /// The person's name.
    name: String,
    /// The e-mail address: masked, unless the caller holds `full_user_info`.
    email: Option<String>,
    /// Whether the address is verified: only then it counts.
    email_verified: bool,
    /// The phone number, masked.
    phone_number: Option<String>,
    /// Whether the number is proven: only then it counts.
    phone_proven: bool,
    /// The highest role.
    role: String,
    /// Every role, the highest first.
    roles: Vec<String>,
    /// The department's name.
    department: Option<String>,
    /// `active`, `locked` or `disabled`.
    #[schema(value_type = String)]
    status: AccountStatus,
    /// Whether failed passwords have locked the password.
    password_locked: bool,
    /// Whether failed PINs have locked the PIN.
    pin_locked: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last sign-in.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login: Option<Timestamp>,
}

/// Which page of the list it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaginationOut {
    /// Its number, from 1.
    page: u32,
    /// How many a page has.
    per_page: u32,
    /// How many the filters let through.
    total: u64,
    /// How many pages can be asked for, at most 500.
    pages: u32,
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsersOut {
    /// The people.
    users: Vec<UserRowOut>,
    /// Which page it is.
    pagination: PaginationOut,
}

/// A person with what is set up for them.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Serialize, ToSchema)]
pub struct UserDetailOut {
    /// Who it is.
    #[serde(flatten)]
    user: UserRowOut,
    /// Whether a PIN is set.
    pin_set: bool,
    /// Whether a password is set.
    password_set: bool,
    /// Whether the password opens nothing but the choice of another.
    password_must_change: bool,
    /// Whether a birthdate is known.
    birthdate_known: bool,
    /// How many phones are paired.
    devices: i64,
    /// How many places they are signed in at; 0 for who may not act on the account.
    sessions: usize,
    /// Whether the caller may act on the account.
    may_act: bool,
}

/// An account that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewUserOut {
    /// Who it is.
    #[serde(flatten)]
    user: UserRowOut,
    /// Shown in this answer and never again; changed at the first sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    temporary_password: Option<String>,
}

/// The roles of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserRolesOut {
    /// The highest role.
    role: String,
    /// Every role, the highest first.
    roles: Vec<String>,
}

/// What a reset did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetOut {
    /// `letter` or `temporary`.
    #[schema(value_type = String)]
    by: ResetWay,
    /// The masked address that the letter goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Shown in this answer and never again; changed at the next sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    temporary_password: Option<String>,
}

/// How many sessions were ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedOut {
    /// How many.
    pub(super) ended: usize,
}

/// Whether there was a lock.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnlockedOut {
    /// Whether one was lifted.
    pub(super) unlocked: bool,
}

/// A value that was masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevealedOut {
    /// `email`, `phone_number` or `birthdate`.
    #[schema(value_type = String)]
    pub(super) field: Hidden,
    /// The value; null where there is none.
    pub(super) value: Option<String>,
}

impl From<User> for UserRowOut {
    fn from(user: User) -> Self {
        let role = user.role().to_owned();
        let row = user.row;
        Self {
            id: row.id,
            username: row.username,
            name: row.name,
            email: user.email,
            email_verified: row.email_verified_at.is_some(),
            phone_number: row.phone_masked,
            phone_proven: row.phone_proven_at.is_some(),
            role,
            roles: user.roles,
            department: row.department,
            status: row.status,
            password_locked: row.password_locked_at.is_some(),
            pin_locked: row.pin_locked_at.is_some(),
            created_at: row.created_at,
            last_login: row.last_login_at,
        }
    }
}

impl From<UserList> for UsersOut {
    fn from(list: UserList) -> Self {
        Self {
            users: list.users.into_iter().map(UserRowOut::from).collect(),
            pagination: PaginationOut {
                page: list.page,
                per_page: list.per_page,
                total: list.total,
                pages: list.pages,
            },
        }
    }
}

impl From<UserDetail> for UserDetailOut {
    fn from(detail: UserDetail) -> Self {
        Self {
            user: detail.user.into(),
            pin_set: detail.has_pin,
            password_set: detail.has_password,
            password_must_change: detail.password_must_change,
            birthdate_known: detail.has_birthdate,
            devices: detail.phones,
            sessions: detail.places.len(),
            may_act: detail.may_act,
        }
    }
}

impl From<UserDetail> for UserRolesOut {
    fn from(detail: UserDetail) -> Self {
        Self {
            role: detail.user.role().to_owned(),
            roles: detail.user.roles,
        }
    }
}

impl From<NewUser> for NewUserOut {
    fn from(new: NewUser) -> Self {
        let shown = new.temporary_password;
        Self {
            user: new.user.into(),
            temporary_password: shown.map(|password| password.expose().to_owned()),
        }
    }
}

impl From<Reset> for ResetOut {
    fn from(reset: Reset) -> Self {
        match reset {
            Reset::Letter(email) => Self {
                by: ResetWay::Letter,
                email,
                temporary_password: None,
            },
            Reset::Temporary(password) => Self {
                by: ResetWay::Temporary,
                email: None,
                temporary_password: Some(password.expose().to_owned()),
            },
        }
    }
}
