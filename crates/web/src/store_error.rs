//! What a refusal of the store means to a caller.

use hanok_db::DbError;

use crate::error::Error;

impl From<DbError> for Error {
    /// A busy store is 503 `busy`, one that is away or full 503 `unavailable`, anything else a fault.
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::busy().source(error),
            DbError::Unavailable(_) | DbError::Full => Self::unavailable(error),
            _ => Self::internal(error),
        }
    }
}
