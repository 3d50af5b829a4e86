//! Why a use case of the board refuses; knows no HTTP but for the one conversion at the end.

use hanok_db::DbError;
use hanok_web::codes;
use hanok_web::error::{Error, FieldError};

/// Why a use case refuses.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Somebody has changed the text since the caller read it.
    #[error("the text has changed since it was read")]
    Stale,
    /// What is there stands against it; the code says what (`conflict.<code>` of the catalogue).
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// What accounts refused.
    #[error(transparent)]
    Accounts(#[from] hanok_accounts::Fault),
}

impl Fault {
    /// One wrong field.
    pub fn field(pointer: &'static str, code: &'static str) -> Self {
        Self::Accounts(hanok_accounts::Fault::field(pointer, code))
    }

    /// Wrong fields.
    pub const fn fields(fields: Vec<FieldError>) -> Self {
        Self::Accounts(hanok_accounts::Fault::Fields(fields))
    }

    /// No such thing, or none that the caller may know of.
    pub const fn not_found() -> Self {
        Self::Accounts(hanok_accounts::Fault::NotFound)
    }

    /// Not allowed.
    pub const fn forbidden() -> Self {
        Self::Accounts(hanok_accounts::Fault::Forbidden)
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Self::Accounts(error.into())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stale => Self::new(codes::STALE),
            Fault::Conflict(code) => {
                let told = Self::new(codes::CONFLICT).detail(format!("conflict.{code}"));
                told.source(fault)
            }
            Fault::Accounts(fault) => fault.into(),
        }
    }
}
