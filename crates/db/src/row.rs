//! Rows: what a statement returns.

use hanok_base::{Id, Timestamp};
use uuid::Uuid;

use crate::error::DbError;
use crate::value::Value;

/// What a column can be read into.
pub trait FromValue: Sized {
    /// What is expected, for the message when something else comes.
    const EXPECTED: &'static str;

    /// The value, or `None` if it is of another kind.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

/// What a row can be read into: a single column, a tuple of records, or a struct made by
/// [`record!`](macro@crate::record). Columns are read by position and all must be read.
pub trait Record: Sized + Send {
    /// Reads the next columns of the row.
    fn read(row: &mut RowReader<'_>) -> Result<Self, DbError>;
}

/// A row of either engine, read from its first column to its last.
pub struct RowReader<'a> {
    row: Row<'a>,
    next: usize,
}

enum Row<'a> {
    Sqlite {
        row: &'a rusqlite::Row<'a>,
        columns: usize,
    },
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> RowReader<'a> {
    pub(crate) const fn sqlite(row: &'a rusqlite::Row<'a>, columns: usize) -> Self {
        Self {
            row: Row::Sqlite { row, columns },
            next: 0,
        }
    }

    pub(crate) const fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self {
            row: Row::Postgres(row),
            next: 0,
        }
    }

    /// Reads the next column.
    ///
    /// # Errors
    /// When there is no further column, or it holds another kind of value than asked for.
    #[expect(
        clippy::should_implement_trait,
        reason = "a column has no common type to iterate over"
    )]
    pub fn next<T: FromValue>(&mut self) -> Result<T, DbError> {
        let value = self.value()?;
        let read = T::from_value(value).ok_or_else(|| self.mismatch(T::EXPECTED, value.kind()));
        self.next += 1;
        read
    }

    /// Reads the whole row as `R`, and makes sure that no column is left.
    pub(crate) fn record<R: Record>(&mut self) -> Result<R, DbError> {
        let record = R::read(self)?;
        let columns = self.columns();
        if self.next < columns {
            return Err(DbError::Other(format!(
                "the statement returns {columns} columns, the record reads {}",
                self.next
            )));
        }
        Ok(record)
    }

    #[cfg(feature = "testing")]
    pub(crate) fn skip(&mut self) {
        self.next += 1;
    }

    pub(crate) fn columns(&self) -> usize {
        match self.row {
            Row::Sqlite { columns, .. } => columns,
            Row::Postgres(row) => row.len(),
        }
    }

    pub(crate) fn value(&self) -> Result<Value<'a>, DbError> {
        let read = match self.row {
            Row::Sqlite { row, .. } => row.get_ref(self.next).ok().and_then(crate::sqlite::value),
            Row::Postgres(row) => row.try_get(self.next).ok(),
        };
        read.ok_or_else(|| self.unreadable())
    }

    fn unreadable(&self) -> DbError {
        let (at, columns) = (self.next + 1, self.columns());
        DbError::Other(if self.next < columns {
            format!(
                "column {at} (`{}`) is of a type the store does not use; CAST it",
                self.name()
            )
        } else {
            format!("the statement returns {columns} columns, the record reads more")
        })
    }

    fn mismatch(&self, expected: &str, found: &str) -> DbError {
        DbError::Other(format!(
            "column {} (`{}`) holds {found} where {expected} was expected",
            self.next + 1,
            self.name()
        ))
    }

    fn name(&self) -> &str {
        match self.row {
            Row::Sqlite { row, .. } => row.as_ref().column_name(self.next).unwrap_or_default(),
            Row::Postgres(row) => row
                .columns()
                .get(self.next)
                .map_or("", tokio_postgres::Column::name),
        }
    }
}

impl<T: FromValue + Send> Record for T {
    fn read(row: &mut RowReader<'_>) -> Result<Self, DbError> {
        row.next()
    }
}

macro_rules! from_value {
    ($($kind:ty, $expected:literal => $($pattern:pat => $value:expr),+;)*) => {
        $(impl FromValue for $kind {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: Value<'_>) -> Option<Self> {
                match value {
                    $($pattern => $value,)+
                    _ => None,
                }
            }
        })*
    };
}

from_value! {
    i64, "a number" => Value::I64(it) => Some(it);
    i32, "a number of 32 bits" => Value::I64(it) => it.try_into().ok();
    u32, "a number from 0 to 2³²-1" => Value::I64(it) => it.try_into().ok();
    u16, "a number from 0 to 65535" => Value::I64(it) => it.try_into().ok();
    bool, "a boolean" => Value::Bool(it) => Some(it), Value::I64(0) => Some(false), Value::I64(1) => Some(true);
    f64, "a floating-point number" => Value::F64(it) => Some(it), Value::I64(it) => exact(it);
    String, "a text" => Value::Text(it) => Some(it.to_owned());
    Vec<u8>, "bytes" => Value::Bytes(it) => Some(it.to_vec());
    Uuid, "a UUID" => Value::Uuid(it) => Some(it), Value::Bytes(it) => Uuid::from_slice(it).ok();
    Timestamp, "microseconds since 1970" => Value::I64(it) => Some(Self::from_micros(it));
}

impl<const N: usize> FromValue for [u8; N] {
    const EXPECTED: &'static str = "bytes of a fixed length";

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<K> FromValue for Id<K> {
    const EXPECTED: &'static str = "a UUID";

    fn from_value(value: Value<'_>) -> Option<Self> {
        Uuid::from_value(value).map(Self::from_uuid)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// SQLite keeps `0.0` of an expression such as `COALESCE(x, 0)` as a whole number.
fn exact(number: i64) -> Option<f64> {
    i32::try_from(number).ok().map(f64::from)
}

macro_rules! tuples {
    ($($($part:ident)+;)*) => {
        $(impl<$($part: Record),+> Record for ($($part,)+) {
            fn read(row: &mut RowReader<'_>) -> Result<Self, DbError> {
                Ok(($($part::read(row)?,)+))
            }
        })*
    };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
