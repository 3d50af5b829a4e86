//! What migrations have made, read from SQLite's own tables.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, Params, Row};

use crate::config::Engine;
use crate::error::DbError;
use crate::migrate::{MigrationSet, Prepared};
use crate::schema::{Column, Index, Reference, Schema, Table, View};

use super::error;

/// See [`Schema::of`].
pub(crate) fn schema(sets: &[MigrationSet]) -> Result<Schema, DbError> {
    let mut raw = Connection::open_in_memory().map_err(|cause| error::plain(&cause))?;
    let (mut schema, mut known) = (Schema::default(), HashSet::new());
    for set in Prepared::all(sets, Engine::Sqlite)? {
        let ran = set.runner().set_grouped(true).run(&mut raw);
        ran.map_err(|cause| set.fault(None, &cause))?;
        read_new(&raw, set.set, &mut known, &mut schema).map_err(|cause| error::plain(&cause))?;
    }
    Ok(schema)
}

/// Adds what was not there before this set.
fn read_new(
    raw: &Connection,
    set: &'static str,
    known: &mut HashSet<String>,
    schema: &mut Schema,
) -> rusqlite::Result<()> {
    const NAMES: &str = "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') \
        AND substr(name, 1, 7) <> 'sqlite_' \
        AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid";
    let named = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)? == "view"));
    let found: Vec<(String, bool)> = all(raw, NAMES, [], named)?;
    for (name, is_view) in found {
        if name.ends_with("_migrations") || !known.insert(name.clone()) {
            continue;
        }
        let columns = columns(raw, &name)?;
        if is_view {
            let columns = columns.into_iter().map(|column| column.name).collect();
            schema.views.push(View { set, name, columns });
            continue;
        }
        schema.tables.push(Table {
            set,
            columns,
            references: references(raw, &name)?,
            indexes: indexes(raw, &name)?,
            triggers: triggers(raw, &name)?,
            name,
        });
    }
    Ok(())
}

fn columns(raw: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    // The column of a text index has no type here; on PostgreSQL it is a TSVECTOR.
    const SQL: &str = "SELECT name, COALESCE(NULLIF(type, ''), 'TSVECTOR'), \"notnull\", pk \
        FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";
    all(raw, SQL, [table], |row| {
        Ok(Column {
            name: row.get(0)?,
            kind: row.get(1)?,
            required: row.get::<_, i64>(2)? != 0 || row.get::<_, i64>(3)? != 0,
            in_primary_key: row.get::<_, i64>(3)? != 0,
        })
    })
}

fn references(raw: &Connection, table: &str) -> rusqlite::Result<Vec<Reference>> {
    const SQL: &str = "SELECT id, \"table\", \"from\", on_delete FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let rows: Vec<(i64, String, String, String)> = all(raw, SQL, [table], read)?;
    // The newest has the lowest number.
    let mut found: BTreeMap<i64, Reference> = BTreeMap::new();
    for (id, table, column, on_delete) in rows {
        let reference = found.entry(-id).or_insert_with(|| Reference {
            columns: Vec::new(),
            table,
            cascades: on_delete == "CASCADE",
        });
        reference.columns.push(column);
    }
    Ok(found.into_values().collect())
}

fn indexes(raw: &Connection, table: &str) -> rusqlite::Result<Vec<Index>> {
    const SQL: &str = "SELECT name, \"unique\", partial FROM pragma_index_list(?1) \
        WHERE origin = 'c' ORDER BY seq DESC";
    const COLUMNS: &str = "SELECT name FROM pragma_index_info(?1) ORDER BY seqno";
    let read = |row: &Row<'_>| {
        Ok(Index {
            name: row.get(0)?,
            columns: Vec::new(),
            unique: row.get::<_, i64>(1)? != 0,
            partial: row.get::<_, i64>(2)? != 0,
        })
    };
    let mut found = all(raw, SQL, [table], read)?;
    for index in &mut found {
        // An expression has no name.
        let names: Vec<Option<String>> = all(raw, COLUMNS, [&index.name], |row| row.get(0))?;
        index.columns = names.into_iter().map(Option::unwrap_or_default).collect();
    }
    Ok(found)
}

fn triggers(raw: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    const SQL: &str =
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 ORDER BY rowid";
    all(raw, SQL, [table], |row| row.get(0))
}

fn all<T>(
    raw: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    raw.prepare(sql)?.query_map(params, read)?.collect()
}
