//! An index of terms: putting, removing, looking.

use crate::config::Engine;
use crate::conn::{Conn, Tx};
use crate::error::DbError;
use crate::many::InsertMany;
use crate::params;
use crate::value::{Param, Value};

use super::query::{Part, TextQuery};
use super::terms::Terms;

/// With more entries than this `PostgreSQL` reads the newest first and looks at each one's terms; with fewer it
/// takes them from the index and sorts. SQLite has them sorted. A sample of a thousand is asked first, and what is
/// frequent there is not counted: the index gives no part of what it has for a term, which of a million comments took
/// twenty milliseconds. A sample of the newest would not do: of a new word there are few, and all of them are new.
const MANY: i64 = 2_000;

/// An index of texts by their terms, each entry under a number that grows with time.
#[derive(Debug)]
pub struct TextIndex {
    put: [&'static str; 2],
    add: (InsertMany<2>, &'static str),
    remove: &'static str,
    many: &'static str,
    pub(super) hits: [&'static str; 3],
}

/// The statements of a [`TextIndex`] over the table of this name.
#[macro_export]
macro_rules! text_index {
    ($table:literal) => {
        $crate::text_search::TextIndex::of_statements(
            [
                concat!("INSERT OR REPLACE INTO ", $table, " (rowid, terms) VALUES ($1, $2)"),
                concat!(
                    "INSERT INTO ", $table, " (rowid, terms) \
                     VALUES ($1, array_to_tsvector(string_to_array(CAST($2 AS TEXT), ' '))) \
                     ON CONFLICT (rowid) DO UPDATE SET terms = excluded.terms"
                ),
            ],
            (
                concat!("INSERT INTO ", $table, " (rowid, terms)"),
                concat!(
                    "INSERT INTO ", $table, " (rowid, terms) \
                     SELECT CAST(split_part(line, '|', 1) AS BIGINT), \
                     array_to_tsvector(string_to_array(split_part(line, '|', 2), ' ')) \
                     FROM unnest(string_to_array(CAST($1 AS TEXT), chr(10))) AS line"
                ),
            ),
            concat!("DELETE FROM ", $table, " WHERE rowid = $1"),
            concat!(
                "SELECT CASE WHEN (SELECT COUNT(*) FROM (SELECT s.terms FROM ", $table, " AS s \
                 TABLESAMPLE SYSTEM ((SELECT LEAST(100.0, 100000.0 / GREATEST(c.reltuples, 1)) \
                 FROM pg_class c WHERE c.oid = CAST('", $table, "' AS REGCLASS))) LIMIT 1000) AS sampled \
                 WHERE sampled.terms @@ (SELECT CAST(CAST($1 AS TEXT) AS TSQUERY))) >= 20 \
                 THEN CAST($2 AS BIGINT) ELSE (SELECT COUNT(*) FROM ", $table, "_found($1, $2)) END"
            ),
            [
                concat!(
                    "(SELECT s.rowid AS rowid FROM ", $table, "({terms}) AS s WHERE s.rowid < {before}) AS hit"
                ),
                concat!(
                    "(SELECT few.rowid FROM ", $table,
                    "_found({terms}, 4000) AS few (rowid) WHERE few.rowid < {before}) AS hit"
                ),
                concat!(
                    "(SELECT newest.rowid FROM (SELECT s.rowid, s.terms FROM ", $table,
                    " AS s WHERE s.rowid < {before} ORDER BY s.rowid DESC OFFSET 0) AS newest \
                     WHERE newest.terms @@ (SELECT CAST(CAST({terms} AS TEXT) AS TSQUERY))) AS hit"
                ),
            ],
        )
    };
}

/// What an index has for a query: what a [`TextSelect`](super::TextSelect) reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    pub(super) expression: String,
    pub(super) way: Way,
}

/// How the hits are read, as a place in the statements of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Sqlite = 0,
    PostgresFew = 1,
    PostgresMany = 2,
}

impl TextIndex {
    /// What [`text_index!`](crate::text_index) makes.
    #[doc(hidden)]
    pub const fn of_statements(
        put: [&'static str; 2],
        (sqlite, postgres): (&'static str, &'static str),
        remove: &'static str,
        many: &'static str,
        hits: [&'static str; 3],
    ) -> Self {
        Self {
            put,
            add: (InsertMany::new(sqlite), postgres),
            remove,
            many,
            hits,
        }
    }

    /// Puts the terms of the entry `number` in the place of those it had.
    ///
    /// # Errors
    /// As any statement.
    pub async fn put(&self, tx: &mut Tx, number: i64, terms: &Terms) -> Result<(), DbError> {
        let [sqlite, postgres] = self.put;
        let put = match tx.engine() {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        };
        tx.execute(put, params![number, terms.joined()]).await?;
        Ok(())
    }

    /// Puts the terms of many entries that are new, in few statements.
    ///
    /// # Errors
    /// As any statement; a number that is there already.
    pub async fn add(&self, tx: &mut Tx, entries: &[(i64, Terms)]) -> Result<(), DbError> {
        if entries.is_empty() {
            return Ok(());
        }
        let joined: Vec<(i64, String)> = entries
            .iter()
            .map(|(number, terms)| (*number, terms.joined()))
            .collect();
        let (sqlite, postgres) = &self.add;
        match tx.engine() {
            Engine::Sqlite => {
                let row = |(number, terms)| [Value::I64(number), Param::value(terms)];
                let rows = joined.iter().map(|(number, terms)| row((*number, terms)));
                sqlite.execute(tx, &rows.collect::<Vec<_>>()).await
            }
            Engine::Postgres => {
                // Neither a line break nor a bar is part of a term.
                let lines = joined
                    .iter()
                    .map(|(number, terms)| format!("{number}|{terms}"));
                let lines = lines.collect::<Vec<_>>().join("\n");
                tx.execute(postgres, params![lines]).await.map(|_| ())
            }
        }
    }

    /// Takes the entry `number` out, if it is there.
    ///
    /// # Errors
    /// As any statement.
    pub async fn remove(&self, tx: &mut Tx, number: i64) -> Result<(), DbError> {
        tx.execute(self.remove, params![number]).await?;
        Ok(())
    }

    /// What there is for `query` in a part of the entries, and how it is best read. One statement on
    /// `PostgreSQL`, none on SQLite.
    ///
    /// # Errors
    /// As any statement.
    pub async fn look(&self, c: &mut Conn, query: &TextQuery, part: Part) -> Result<Hits, DbError> {
        if c.engine() == Engine::Sqlite {
            let expression = query.for_sqlite(part);
            return Ok(Hits {
                expression,
                way: Way::Sqlite,
            });
        }
        let expression = query.for_postgres(part);
        let found: i64 = c.one(self.many, params![expression, MANY + 1]).await?;
        let way = if found > MANY {
            Way::PostgresMany
        } else {
            Way::PostgresFew
        };
        Ok(Hits { expression, way })
    }
}
