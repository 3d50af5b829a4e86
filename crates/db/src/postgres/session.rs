//! One PostgreSQL connection, borrowed from the pool.

use std::pin::pin;

use deadpool_postgres::Object;
use futures_util::StreamExt;
use tokio_postgres::Statement;

use crate::conn::Each;
use crate::error::DbError;
use crate::row::RowReader;
use crate::sql;
use crate::unit::on_connection;
use crate::value::Value;

use super::error;

/// Most statements a connection keeps prepared; filters put together at run time must not pile up.
const STATEMENTS: usize = 512;

/// A connection of the pool. One that is dropped in the middle of a statement or a transaction is
/// closed instead of going back.
pub(crate) struct Session {
    client: Option<Object>,
    statement_under_way: bool,
    in_transaction: bool,
}

impl Session {
    pub(crate) const fn new(client: Object) -> Self {
        Self {
            client: Some(client),
            statement_under_way: false,
            in_transaction: false,
        }
    }

    /// Whether a statement was begun and not seen to its end.
    pub(crate) const fn is_under_way(&self) -> bool {
        self.statement_under_way
    }

    pub(crate) async fn rows(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        each: &mut Each<'_>,
    ) -> Result<(), DbError> {
        self.statement_under_way = true;
        let result = rows(self.client()?, sql, params, each).await;
        self.statement_under_way = false;
        result
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<u64, DbError> {
        self.statement_under_way = true;
        let result = execute(self.client()?, sql, params).await;
        self.statement_under_way = false;
        result
    }

    pub(crate) async fn begin(&mut self) -> Result<(), DbError> {
        self.in_transaction = true;
        self.command("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            .await
    }

    pub(crate) async fn commit(&mut self) -> Result<(), DbError> {
        self.command("COMMIT").await?;
        self.in_transaction = false;
        Ok(())
    }

    pub(crate) async fn roll_back(&mut self) -> Result<(), DbError> {
        self.command("ROLLBACK").await?;
        self.in_transaction = false;
        self.statement_under_way = false;
        Ok(())
    }

    async fn command(&self, sql: &str) -> Result<(), DbError> {
        self.client()?
            .batch_execute(sql)
            .await
            .map_err(|cause| error::explained(sql, &cause))
    }

    fn client(&self) -> Result<&Object, DbError> {
        self.client
            .as_ref()
            .ok_or_else(|| DbError::Unavailable("the connection was given back".to_owned()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else {
            return;
        };
        if self.statement_under_way || self.in_transaction {
            drop(Object::take(client));
        } else if client.statement_cache.size() > STATEMENTS {
            client.statement_cache.clear();
        }
    }
}

async fn rows(
    client: &Object,
    sql: &str,
    params: &[Value<'_>],
    each: &mut Each<'_>,
) -> Result<(), DbError> {
    let statement = prepared(client, sql, params).await?;
    let explain = |cause| error::explained(sql, &cause);
    let stream = on_connection(client.query_raw(&statement, params.iter().copied()))
        .await
        .map_err(explain)?;
    let mut stream = pin!(stream);
    while let Some(row) = on_connection(stream.next()).await {
        each(&mut RowReader::postgres(&row.map_err(explain)?))?;
    }
    Ok(())
}

async fn execute(client: &Object, sql: &str, params: &[Value<'_>]) -> Result<u64, DbError> {
    let statement = prepared(client, sql, params).await?;
    let executed = on_connection(client.execute_raw(&statement, params.iter().copied())).await;
    executed.map_err(|cause| error::explained(sql, &cause))
}

async fn prepared(client: &Object, sql: &str, params: &[Value<'_>]) -> Result<Statement, DbError> {
    if let Some(word) = sql::forbidden(sql) {
        return Err(DbError::Other(format!(
            "{word} is not for a query or a unit: the store begins and ends transactions"
        )));
    }
    let text = sql::for_postgres(sql);
    let statement = on_connection(client.prepare_cached(&text))
        .await
        .map_err(|cause| error::explained(sql, &cause))?;
    let (wanted, given) = (statement.params().len(), params.len());
    if wanted != given {
        return Err(DbError::Other(format!(
            "the statement takes {wanted} parameters, {given} were given"
        )));
    }
    Ok(statement)
}
