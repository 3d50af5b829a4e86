//! What can go wrong in the store, the same on both engines.

/// An answer of the store that is not the one hoped for. No variant holds a value of a parameter or a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// `one` found no row.
    #[error("no such row")]
    NotFound,
    /// A unique index or a primary key refused.
    #[error("unique constraint `{constraint}` refused")]
    Unique {
        /// The name of the unique index; of a primary key `<table>_pkey`.
        constraint: String,
    },
    /// A foreign key refused.
    #[error("a foreign key refused")]
    ForeignKey,
    /// A CHECK constraint refused, or a column that must not be NULL (`<table>_<column>_not_null`).
    #[error("check constraint `{constraint}` refused")]
    Check {
        /// The constraint's name.
        constraint: String,
    },
    /// A trigger refused: what follows `hanok: ` in its message.
    #[error("the database refused: {0}")]
    Refused(String),
    /// A full queue or pool, a deadlock, a lock or statement that took too long: try again later.
    #[error("the store is busy")]
    Busy,
    /// No connection, or a commit that failed. Whether a unit took effect may be unknown.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The disk is full; nothing was changed.
    #[error("the disk of the store is full")]
    Full,
    /// A unit or read waited for something other than its connection and was rolled back.
    #[error(
        "a unit or read of the store waits for nothing but its connection: no network, no hashing, \
         no sleeping and no other call of the store inside it; it was rolled back"
    )]
    Waited,
    /// A unit or report panicked and was rolled back.
    #[error("a unit of the store panicked and was rolled back: {0}")]
    Panicked(String),
    /// Anything else: a fault in a statement, a record or a migration.
    #[error("{0}")]
    Other(String),
}

impl DbError {
    /// Whether the same call may succeed later without anyone changing anything.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_) | Self::Full)
    }

    /// Whether the unique index or primary key of this name refused.
    pub fn is_unique(&self, name: &str) -> bool {
        matches!(self, Self::Unique { constraint } if constraint == name)
    }
}

/// The reason in a trigger's message, where it speaks to the program.
pub(crate) fn refusal(message: &str) -> Option<DbError> {
    message
        .strip_prefix("hanok: ")
        .map(|reason| DbError::Refused(reason.to_owned()))
}
