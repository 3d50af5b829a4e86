//! SQLite's errors as the store's, with the names of constraints.

use rusqlite::ffi::{self, ErrorCode};
use rusqlite::{Connection, Error, OptionalExtension};

use crate::error::{DbError, refusal};
use crate::sql;

/// An error of a statement of the program; the connection is asked for the constraint's name.
#[cold]
pub(crate) fn explained(raw: &Connection, text: &str, cause: &Error) -> DbError {
    match plain_with(cause, |message| unique_name(raw, message)) {
        DbError::Other(why) => DbError::Other(format!("{why}, in `{}`", sql::name(text))),
        error => error,
    }
}

/// An error of a statement of the store itself.
pub(crate) fn plain(cause: &Error) -> DbError {
    plain_with(cause, |_| None)
}

/// Why a batch is gone that SQLite rolled back by itself.
pub(crate) fn rolled_back(cause: Option<&DbError>) -> DbError {
    match cause {
        Some(error @ (DbError::Full | DbError::Unavailable(_))) => error.clone(),
        Some(error) => DbError::Unavailable(format!("the transaction was rolled back: {error}")),
        None => DbError::Unavailable("the transaction was rolled back".to_owned()),
    }
}

/// What callers hear of a commit that failed.
pub(crate) fn commit_failed(cause: DbError) -> DbError {
    match cause {
        DbError::Full | DbError::Unavailable(_) => cause,
        other => DbError::Unavailable(format!("the commit failed: {other}")),
    }
}

fn plain_with(cause: &Error, name: impl FnOnce(&str) -> Option<String>) -> DbError {
    let (failure, message) = match cause {
        Error::SqliteFailure(failure, message) => (failure, message),
        // Its own text would show the whole statement.
        Error::SqlInputError { msg, .. } => return DbError::Other(msg.clone()),
        _ => return DbError::Other(cause.to_string()),
    };
    let message = message.as_deref().unwrap_or_default();
    match failure.code {
        ErrorCode::ConstraintViolation => constraint(failure.extended_code, message, name),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DbError::Busy,
        ErrorCode::DiskFull => DbError::Full,
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::OutOfMemory
        | ErrorCode::PermissionDenied => DbError::Unavailable(cause.to_string()),
        _ => DbError::Other(cause.to_string()),
    }
}

fn constraint(code: i32, message: &str, name: impl FnOnce(&str) -> Option<String>) -> DbError {
    let subject = message
        .split_once("constraint failed: ")
        .map_or(message, |(_, subject)| subject);
    let table = || subject.split('.').next().unwrap_or_default();
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE => DbError::Unique {
            constraint: name(subject).unwrap_or_else(|| subject.to_owned()),
        },
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => DbError::Unique {
            constraint: format!("{}_pkey", table()),
        },
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DbError::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK => DbError::Check {
            constraint: subject.to_owned(),
        },
        ffi::SQLITE_CONSTRAINT_NOTNULL => DbError::Check {
            constraint: format!("{}_not_null", subject.replace('.', "_")),
        },
        _ => refusal(message).unwrap_or_else(|| DbError::Other(message.to_owned())),
    }
}

/// The name of the unique index behind `t.a, t.b` or, of an expression, `index 'name'`. Where several
/// unique indexes have the same columns (partial ones), SQLite does not say which refused: the first.
fn unique_name(raw: &Connection, subject: &str) -> Option<String> {
    if let Some(name) = subject.strip_prefix("index '") {
        return Some(name.trim_end_matches('\'').to_owned());
    }
    let (table, _) = subject.split_once('.')?;
    let columns: Option<Vec<&str>> = subject
        .split(", ")
        .map(|part| Some(part.split_once('.')?.1))
        .collect();
    let columns = columns?;
    let found = raw.query_row(UNIQUE_INDEX, (table, columns.join(",")), |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    let (name, origin): (String, String) = found.optional().ok()??;
    // A UNIQUE in the table itself has no name of ours; this is the one PostgreSQL gives it.
    Some(if origin == "u" {
        format!("{table}_{}_key", columns.join("_"))
    } else {
        name
    })
}

const UNIQUE_INDEX: &str = "
    SELECT list.name, list.origin
    FROM pragma_index_list(?1) AS list
    WHERE list.\"unique\" = 1
      AND (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno)) = ?2
    LIMIT 1";
