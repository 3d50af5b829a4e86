//! Why a use case of accounts refuses; knows no HTTP but for the one conversion at the end.

use std::time::Duration;

use hanok_base::Secret;
use hanok_db::DbError;
use hanok_web::codes;
use hanok_web::error::{Error, FieldError};

/// Why a use case refuses.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Unknown name or wrong password: one answer.
    #[error("wrong name or password")]
    InvalidCredentials,
    /// The account is switched off.
    #[error("the account is disabled")]
    Disabled,
    /// The account was closed by its person; until this day it can be opened again.
    #[error("the account is closed")]
    Closed(jiff::civil::Date),
    /// The account, its password or its PIN is locked.
    #[error("the account is locked")]
    Locked,
    /// The password must be given again.
    #[error("the password must be given again")]
    PasswordRequired,
    /// The password is right and a temporary one: it opens the choice of another, by this link's code.
    #[error("another password must be chosen")]
    PasswordChange(Secret),
    /// The PIN is wrong.
    #[error("wrong PIN")]
    InvalidPin,
    /// The signature, its time or its nonce is not that of a paired phone.
    #[error("not a paired phone: {0}")]
    InvalidDevice(&'static str),
    /// Nobody we know, or no longer.
    #[error("not signed in")]
    Unauthorized,
    /// Not allowed.
    #[error("not allowed")]
    Forbidden,
    /// The API key may not be used from there.
    #[error("not from this address")]
    AddressNotAllowed,
    /// Without this account nobody could administer everything any more.
    #[error("this is the last active super_admin: give the role to another account first")]
    LastSuperAdmin,
    /// Nobody has set this installation up, so that nobody may register.
    #[error("not set up yet")]
    NotFounded,
    /// No such thing, or none that the caller may know of.
    #[error("not found")]
    NotFound,
    /// A bounded queue is full.
    #[error("busy")]
    Busy,
    /// Too often.
    #[error("too often")]
    TooOften(Duration),
    /// Fields of the input are wrong.
    #[error("invalid input")]
    Fields(Vec<FieldError>),
    /// A sealed value does not open.
    #[error(transparent)]
    Sealed(#[from] hanok_base::keyring::SealError),
    /// The store.
    #[error(transparent)]
    Store(#[from] DbError),
    /// Something that cannot be, with what it was.
    #[error("{0}")]
    Internal(String),
}

impl Fault {
    /// One wrong field.
    pub fn field(pointer: &'static str, code: &'static str) -> Self {
        Self::Fields(vec![FieldError::new(pointer, code)])
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::InvalidCredentials => Self::new(codes::INVALID_CREDENTIALS),
            Fault::Disabled => Self::new(codes::ACCOUNT_DISABLED),
            Fault::Closed(until) => Self::new(codes::ACCOUNT_DISABLED)
                .detail("refused.account_closed")
                .arg("date", until),
            Fault::Locked => Self::new(codes::ACCOUNT_LOCKED),
            Fault::PasswordRequired => Self::new(codes::PASSWORD_REQUIRED),
            Fault::PasswordChange(_) => Self::new(codes::PASSWORD_CHANGE_REQUIRED),
            Fault::InvalidPin => Self::new(codes::INVALID_PIN),
            Fault::InvalidDevice(_) => Self::new(codes::INVALID_DEVICE).source(fault),
            Fault::Unauthorized => Self::unauthorized(),
            Fault::Forbidden => Self::forbidden(),
            Fault::AddressNotAllowed => Self::new(codes::IP_NOT_ALLOWED),
            Fault::LastSuperAdmin => {
                let told = Self::new(codes::CONFLICT).detail("conflict.last_super_admin");
                told.source(fault)
            }
            Fault::NotFounded => Self::new(codes::CONFLICT).detail("conflict.not_founded"),
            Fault::NotFound => Self::not_found(),
            Fault::Busy => Self::busy(),
            Fault::TooOften(wait) => Self::rate_limited(wait),
            Fault::Fields(fields) => Self::invalid_request(fields),
            Fault::Store(error) => error.into(),
            Fault::Sealed(_) | Fault::Internal(_) => Self::internal(fault),
        }
    }
}

impl From<crate::hash::Busy> for Fault {
    fn from(_: crate::hash::Busy) -> Self {
        Self::Busy
    }
}

impl From<crate::hash::HashFault> for Fault {
    fn from(fault: crate::hash::HashFault) -> Self {
        Self::Internal(fault.to_string())
    }
}
