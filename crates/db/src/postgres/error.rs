//! PostgreSQL's errors as the store's. DETAIL and CONTEXT are dropped: they show values.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError as Reported, SqlState};

use crate::error::{DbError, refusal};
use crate::sql;

/// An error of a statement of the program.
#[cold]
pub(crate) fn explained(text: &str, cause: &Error) -> DbError {
    match plain(cause) {
        DbError::Other(why) => DbError::Other(format!("{why}, in `{}`", sql::name(text))),
        error => error,
    }
}

/// An error of a statement of the store itself.
pub(crate) fn plain(cause: &Error) -> DbError {
    cause
        .as_db_error()
        .map_or_else(|| unreported(cause), reported)
}

/// An error on the way to a connection.
pub(crate) fn connecting(cause: &Error) -> DbError {
    match cause.as_db_error() {
        Some(refused) if *refused.code() == SqlState::TOO_MANY_CONNECTIONS => DbError::Busy,
        Some(refused) => DbError::Unavailable(refused.message().to_owned()),
        None => DbError::Unavailable(with_source(cause)),
    }
}

fn unreported(cause: &Error) -> DbError {
    // What was not reported by the server is a lost connection, or a value that does not fit its type.
    let ours = cause
        .source()
        .is_some_and(|source| source.downcast_ref::<std::io::Error>().is_none());
    if ours && !cause.is_closed() {
        return DbError::Other(with_source(cause));
    }
    DbError::Unavailable(with_source(cause))
}

fn with_source(cause: &Error) -> String {
    cause
        .source()
        .map_or_else(|| cause.to_string(), |source| format!("{cause}: {source}"))
}

fn reported(error: &Reported) -> DbError {
    let constraint = || error.constraint().unwrap_or("unnamed").to_owned();
    match *error.code() {
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => DbError::Unique {
            constraint: constraint(),
        },
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => DbError::ForeignKey,
        SqlState::CHECK_VIOLATION => DbError::Check {
            constraint: constraint(),
        },
        SqlState::NOT_NULL_VIOLATION => DbError::Check {
            constraint: not_null(error),
        },
        SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED
        | SqlState::TOO_MANY_CONNECTIONS => DbError::Busy,
        SqlState::DISK_FULL => DbError::Full,
        _ => by_class(error),
    }
}

fn by_class(error: &Reported) -> DbError {
    let code = error.code().code();
    match code.get(..2) {
        // Connection exceptions, lack of resources, operator intervention, system errors.
        Some("08" | "53" | "57" | "58") => {
            DbError::Unavailable(format!("{} ({code})", error.message()))
        }
        // Syntax, names, rights, features, state of the transaction: they speak of the statement only.
        Some("0A" | "25" | "26" | "42") => DbError::Other(format!("{} ({code})", error.message())),
        _ => refusal(error.message())
            .unwrap_or_else(|| DbError::Other(format!("PostgreSQL answers {code}"))),
    }
}

fn not_null(error: &Reported) -> String {
    let (table, column) = (
        error.table().unwrap_or_default(),
        error.column().unwrap_or_default(),
    );
    format!("{table}_{column}_not_null")
}
