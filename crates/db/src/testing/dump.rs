//! Every value of every table, to look for plaintexts that should not be there.

use tokio_postgres::Client;

use crate::db::{Db, Driver};
use crate::error::DbError;
use crate::row::RowReader;
use crate::value::Value;
use crate::{postgres, sqlite};

impl Db {
    /// Every value of every table as text, each with its `table.column`. Bytes are shown as the UTF-8
    /// they contain and once more in hexadecimal.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn dump_text(&self) -> Result<Vec<(String, String)>, DbError> {
        match self.driver() {
            Driver::Sqlite(store) => of_sqlite(store),
            Driver::Postgres(store) => of_postgres(&store.full_rights().await?).await,
        }
    }
}

fn of_sqlite(store: &sqlite::Sqlite) -> Result<Vec<(String, String)>, DbError> {
    let raw = store.files().full_rights()?;
    let dumped = tables(&raw).and_then(|tables| {
        let mut found = Vec::new();
        for table in tables {
            dump_sqlite(&raw, &table, &mut found)?;
        }
        Ok(found)
    });
    dumped.map_err(|cause| DbError::Other(cause.to_string()))
}

fn tables(raw: &rusqlite::Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn dump_sqlite(
    raw: &rusqlite::Connection,
    table: &str,
    found: &mut Vec<(String, String)>,
) -> rusqlite::Result<()> {
    let mut statement = raw.prepare(&format!("SELECT * FROM \"{table}\""))?;
    let names: Vec<String> = statement
        .column_names()
        .into_iter()
        .map(|name| format!("{table}.{name}"))
        .collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        keep(&names, &mut RowReader::sqlite(row, names.len()), found);
    }
    Ok(())
}

async fn of_postgres(client: &Client) -> Result<Vec<(String, String)>, DbError> {
    const TABLES: &str = "
        SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
        ORDER BY 1";
    let explain = |cause| postgres::plain(&cause);
    let mut found = Vec::new();
    for table in client.query(TABLES, &[]).await.map_err(explain)? {
        let table: String = table.try_get(0).map_err(explain)?;
        let rows = client
            .query(&format!("SELECT * FROM {table}"), &[])
            .await
            .map_err(explain)?;
        for row in rows {
            let names: Vec<String> = row
                .columns()
                .iter()
                .map(|column| format!("{table}.{}", column.name()))
                .collect();
            keep(&names, &mut RowReader::postgres(&row), &mut found);
        }
    }
    Ok(found)
}

fn keep(names: &[String], row: &mut RowReader<'_>, found: &mut Vec<(String, String)>) {
    for name in names {
        // A value of a type that the store never uses is nothing it can have written.
        if let Ok(value) = row.value() {
            found.extend(texts(value).into_iter().map(|text| (name.clone(), text)));
        }
        row.skip();
    }
}

fn texts(value: Value<'_>) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::I64(number) => vec![number.to_string()],
        Value::F64(number) => vec![number.to_string()],
        Value::Bool(truth) => vec![truth.to_string()],
        Value::Text(text) => vec![text.to_owned()],
        Value::Bytes(bytes) => {
            vec![
                String::from_utf8_lossy(bytes).into_owned(),
                hanok_base::encoding::hex_encode(bytes),
            ]
        }
        Value::Uuid(uuid) => vec![uuid.to_string()],
    }
}
