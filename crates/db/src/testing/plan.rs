//! How an engine means to answer a statement.

use crate::{Db, DbError, Engine, Value, params};

/// The steps of a statement's plan, with PostgreSQL kept from walking tables that are still short.
///
/// # Panics
/// When the statement is none.
pub async fn plan(db: &Db, sql: &str, values: &[Value<'static>]) -> Vec<String> {
    let (engine, named, values) = (db.engine(), sql.to_owned(), values.to_vec());
    let explained = db.write::<_, DbError, _>(async move |tx| match engine {
        Engine::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {named}");
            let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &values).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => {
            let off = "SELECT set_config('enable_seqscan', 'off', true)";
            tx.one::<String>(off, params![]).await?;
            tx.all(&format!("EXPLAIN {named}"), &values).await
        }
    });
    explained
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}
