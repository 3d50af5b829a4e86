//! Why a use case of notifications refuses; knows no HTTP but for the one conversion at the end.

use hanok_db::DbError;
use hanok_db::paging::{MAX_LIMIT, MAX_NUMBERED_PAGE, PagingError};
use hanok_web::codes;
use hanok_web::error::{Error, FieldError};

/// Why a use case refuses.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// What the caller has changed was changed since they read it.
    #[error("it has changed since it was read")]
    Stale,
    /// What accounts refused.
    #[error(transparent)]
    Accounts(#[from] hanok_accounts::Fault),
}

impl Fault {
    /// No such thing, or none of the caller's.
    pub(crate) const fn not_found() -> Self {
        Self::Accounts(hanok_accounts::Fault::NotFound)
    }

    /// One wrong field.
    pub(crate) fn field(pointer: &'static str, code: &'static str) -> Self {
        Self::Accounts(hanok_accounts::Fault::field(pointer, code))
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Self::Accounts(error.into())
    }
}

impl From<PagingError> for Fault {
    fn from(wrong: PagingError) -> Self {
        let range = |pointer, most: u32| {
            let field = FieldError::new(pointer, "out_of_range");
            let fields = vec![field.arg("min", 1).arg("max", most)];
            Self::Accounts(hanok_accounts::Fault::Fields(fields))
        };
        match wrong {
            PagingError::Limit => range("/limit", MAX_LIMIT),
            PagingError::Number => range("/page", MAX_NUMBERED_PAGE),
            PagingError::Cursor => Self::field("/cursor", "notification_cursor"),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stale => Self::new(codes::STALE),
            Fault::Accounts(fault) => fault.into(),
        }
    }
}
