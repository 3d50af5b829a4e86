//! One SQLite connection and its statements.

use std::collections::HashMap;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};

use crate::conn::Each;
use crate::error::DbError;
use crate::row::RowReader;
use crate::sql;
use crate::value::Value;

use super::error;

/// Most statements that are kept prepared, and twice that kept translated.
const STATEMENTS: usize = 256;

/// A connection with its translated and prepared statements.
pub(crate) struct Session {
    raw: Connection,
    texts: Texts,
}

impl Session {
    pub(crate) fn new(raw: Connection) -> Self {
        raw.set_prepared_statement_cache_capacity(STATEMENTS);
        Self {
            raw,
            texts: Texts(HashMap::new()),
        }
    }

    pub(crate) const fn raw(&self) -> &Connection {
        &self.raw
    }

    pub(crate) fn rows(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        each: &mut Each<'_>,
    ) -> Result<(), DbError> {
        let Self { raw, texts } = self;
        let text = texts.translated(sql)?;
        rows(raw, text, params, each).map_err(|fault| fault.explain(raw, sql))
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, DbError> {
        let Self { raw, texts } = self;
        let text = texts.translated(sql)?;
        execute(raw, text, params).map_err(|fault| fault.explain(raw, sql))
    }
}

enum Fault {
    Driver(rusqlite::Error),
    Ours(DbError),
}

impl Fault {
    fn explain(self, raw: &Connection, sql: &str) -> DbError {
        match self {
            Self::Driver(cause) => error::explained(raw, sql, &cause),
            Self::Ours(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(cause: rusqlite::Error) -> Self {
        Self::Driver(cause)
    }
}

/// Steps to the end even where one row is wanted: only there are foreign keys checked.
fn rows(
    raw: &Connection,
    text: &str,
    params: &[Value<'_>],
    each: &mut Each<'_>,
) -> Result<(), Fault> {
    let mut statement = raw.prepare_cached(text)?;
    bind(&mut statement, params)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        each(&mut RowReader::sqlite(row, columns)).map_err(Fault::Ours)?;
    }
    Ok(())
}

fn execute(raw: &Connection, text: &str, params: &[Value<'_>]) -> Result<u64, Fault> {
    let mut statement = raw.prepare_cached(text)?;
    bind(&mut statement, params)?;
    let changed = statement.raw_execute()?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

fn bind(statement: &mut Statement<'_>, params: &[Value<'_>]) -> Result<(), Fault> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        let given = params.len();
        return Err(Fault::Ours(DbError::Other(format!(
            "the statement takes {wanted} parameters, {given} were given"
        ))));
    }
    for (at, param) in (1..).zip(params) {
        statement.raw_bind_parameter::<usize, _>(at, param)?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::I64(number) => ValueRef::Integer(*number),
            Value::F64(number) => ValueRef::Real(*number),
            Value::Bool(truth) => ValueRef::Integer(i64::from(*truth)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
        }))
    }
}

/// What SQLite returned; `None` for text that is not UTF-8.
pub(crate) fn value(value: ValueRef<'_>) -> Option<Value<'_>> {
    Some(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::I64(number),
        ValueRef::Real(number) => Value::F64(number),
        ValueRef::Text(text) => Value::Text(str::from_utf8(text).ok()?),
        ValueRef::Blob(bytes) => Value::Bytes(bytes),
    })
}

/// Translated statements, found by where their text lies and then compared, which is quicker than hashing it.
struct Texts(HashMap<(usize, usize), Text>);

struct Text {
    ours: Box<str>,
    sqlite: Box<str>,
}

impl Texts {
    fn translated(&mut self, sql: &str) -> Result<&str, DbError> {
        let key = (sql.as_ptr().addr(), sql.len());
        let known = self.0.get(&key).is_some_and(|text| &*text.ours == sql);
        if !known {
            self.translate(key, sql)?;
        }
        Ok(self.0.get(&key).map_or("", |text| &*text.sqlite))
    }

    #[cold]
    fn translate(&mut self, key: (usize, usize), sql: &str) -> Result<(), DbError> {
        if let Some(word) = sql::forbidden(sql) {
            return Err(DbError::Other(format!(
                "{word} is not for a query or a unit: the store begins and ends transactions"
            )));
        }
        if self.0.len() >= 2 * STATEMENTS {
            self.0.clear();
        }
        let text = Text {
            ours: sql.into(),
            sqlite: sql::for_sqlite(sql).into(),
        };
        self.0.insert(key, text);
        Ok(())
    }
}
