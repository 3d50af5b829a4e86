//! A connection as queries see it, and a unit.

use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Instant;

use crate::config::Engine;
use crate::error::DbError;
use crate::meter::Meter;
use crate::row::{Record, RowReader};
use crate::unit::Hook;
use crate::value::Value;
use crate::{postgres, sqlite};

/// What is done with each row of a statement.
pub(crate) type Each<'a> = dyn FnMut(&mut RowReader<'_>) -> Result<(), DbError> + Send + 'a;

/// A connection that reads. Queries take `&mut Conn`; a `&mut Tx` coerces, so they run in units as well.
pub struct Conn {
    session: Session,
    meter: Arc<Meter>,
    unit: bool,
    changed: bool,
    failed: Option<DbError>,
}

pub(crate) enum Session {
    Sqlite(sqlite::Session),
    Postgres(postgres::Session),
}

impl Conn {
    pub(crate) const fn new(session: Session, meter: Arc<Meter>) -> Self {
        Self {
            session,
            meter,
            unit: false,
            changed: false,
            failed: None,
        }
    }

    pub(crate) const fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The engine it speaks to.
    pub(crate) const fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// The one row of a statement.
    ///
    /// # Errors
    /// [`DbError::NotFound`] if there is none; an error too if there are several.
    pub async fn one<R: Record>(&mut self, sql: &str, params: &[Value<'_>]) -> Result<R, DbError> {
        self.optional(sql, params).await?.ok_or(DbError::NotFound)
    }

    /// The one row of a statement, if there is one.
    ///
    /// # Errors
    /// When the statement fails, the row does not fit `R`, or there are several rows.
    pub async fn optional<R: Record>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Option<R>, DbError> {
        let mut found = None;
        let mut each = |row: &mut RowReader<'_>| match found {
            None => row.record().map(|record| found = Some(record)),
            Some(_) => Err(DbError::Other(
                "the statement returns more than one row".to_owned(),
            )),
        };
        self.rows(sql, params, &mut each).await?;
        Ok(found)
    }

    /// All rows of a statement; bound it with LIMIT.
    ///
    /// # Errors
    /// When the statement fails or a row does not fit `R`.
    pub async fn all<R: Record>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Vec<R>, DbError> {
        let mut found = Vec::new();
        let mut each = |row: &mut RowReader<'_>| row.record().map(|record| found.push(record));
        self.rows(sql, params, &mut each).await?;
        Ok(found)
    }

    /// Hands each row of a statement to `f` as it comes, without keeping them; an error of `f` ends it.
    ///
    /// # Errors
    /// When the statement fails, a row does not fit `R`, or `f` says so.
    pub async fn each<R: Record>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut f: impl FnMut(R) -> Result<(), DbError> + Send,
    ) -> Result<(), DbError> {
        let mut each = |row: &mut RowReader<'_>| row.record().and_then(&mut f);
        self.rows(sql, params, &mut each).await
    }

    async fn rows(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        each: &mut Each<'_>,
    ) -> Result<(), DbError> {
        let started = self.enter()?;
        let result = match &mut self.session {
            Session::Sqlite(session) => session.rows(sql, params, each),
            Session::Postgres(session) => session.rows(sql, params, each).await,
        };
        self.leave(sql, started, result)
    }

    async fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, DbError> {
        let started = self.enter()?;
        let result = match &mut self.session {
            Session::Sqlite(session) => session.execute(sql, params),
            Session::Postgres(session) => session.execute(sql, params).await,
        };
        self.changed |= matches!(result, Ok(1..));
        self.leave(sql, started, result)
    }

    fn enter(&self) -> Result<Instant, DbError> {
        match &self.failed {
            None => Ok(Instant::now()),
            Some(error) => Err(error.clone()),
        }
    }

    fn leave<T>(
        &mut self,
        sql: &str,
        started: Instant,
        result: Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.meter.statement(sql, started);
        if let (true, Err(error)) = (self.unit, &result) {
            self.meter.trouble.failed(error);
            self.failed = Some(error.clone());
        }
        result
    }
}

/// A unit under way: it reads like a [`Conn`], and changes things. A statement that fails fails the
/// unit: what follows in it answers the same error, and it is rolled back whatever it returns.
pub struct Tx {
    conn: Conn,
    hooks: Vec<Hook>,
}

impl Tx {
    pub(crate) const fn new(mut conn: Conn) -> Self {
        conn.unit = true;
        Self {
            conn,
            hooks: Vec::new(),
        }
    }

    /// Runs a statement that changes rows and says how many.
    ///
    /// # Errors
    /// What the constraint, trigger or engine refused.
    pub async fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, DbError> {
        self.conn.execute(sql, params).await
    }

    /// Has `f` run once the unit is committed, before its caller is answered; never for one that is not.
    /// It must be short and not wait: other callers of the same commit are waiting.
    pub fn after_commit(&mut self, f: impl FnOnce() + Send + 'static) {
        self.hooks.push(Box::new(f));
    }

    /// Makes ready for the next unit on the same connection.
    pub(crate) fn reset(&mut self) {
        self.conn.failed = None;
        self.hooks.clear();
    }

    /// Whether rows were changed since this was last asked.
    pub(crate) const fn take_changed(&mut self) -> bool {
        mem::replace(&mut self.conn.changed, false)
    }

    /// The statement's error that failed the unit.
    pub(crate) const fn failure(&self) -> Option<&DbError> {
        self.conn.failed.as_ref()
    }

    /// The unit's result, unless a statement failed or was left half way.
    pub(crate) fn settle<T, E: From<DbError>>(&self, result: Result<T, E>) -> Result<T, E> {
        let value = result?;
        if let Some(error) = &self.conn.failed {
            return Err(error.clone().into());
        }
        match &self.conn.session {
            Session::Postgres(session) if session.is_under_way() => {
                Err(DbError::Other("the unit left a statement half way".to_owned()).into())
            }
            _ => Ok(value),
        }
    }

    pub(crate) const fn hooks(&mut self) -> &mut Vec<Hook> {
        &mut self.hooks
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
