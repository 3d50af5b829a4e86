//! The schema that migrations make, as the engine tells it: for diagrams and documents.

use serde::Serialize;

use crate::error::DbError;
use crate::migrate::MigrationSet;
use crate::sqlite;

/// Everything that migrations make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// The tables, set by set, each in the order in which they are made; those of migrations are left out.
    pub tables: Vec<Table>,
    /// The views.
    pub views: Vec<View>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The migration set that makes it.
    pub set: &'static str,
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// What its columns refer to.
    pub references: Vec<Reference>,
    /// Its indexes but for that of the primary key.
    pub indexes: Vec<Index>,
    /// The triggers on it.
    pub triggers: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as the migration says it.
    pub kind: String,
    /// Whether it is never NULL.
    pub required: bool,
    /// Whether it is part of the primary key.
    pub in_primary_key: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub table: String,
    /// Whether its rows take these with them.
    pub cascades: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Whether no two rows have the same.
    pub unique: bool,
    /// Whether it holds only some of the rows.
    pub partial: bool,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct View {
    /// The migration set that makes it.
    pub set: &'static str,
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

impl Schema {
    /// What these migrations make, in a SQLite database that lives in memory for as long as this takes.
    ///
    /// # Errors
    /// When a migration fails.
    pub fn of(sets: &[MigrationSet]) -> Result<Self, DbError> {
        sqlite::schema(sets)
    }
}

impl Table {
    /// Whether this one column tells its rows apart.
    pub fn is_unique(&self, column: &str) -> bool {
        let is_it = |columns: &[String]| matches!(columns, [only] if only == column);
        let keys: Vec<String> = self
            .columns
            .iter()
            .filter(|column| column.in_primary_key)
            .map(|column| column.name.clone())
            .collect();
        let indexed = |index: &Index| index.unique && !index.partial && is_it(&index.columns);
        is_it(&keys) || self.indexes.iter().any(indexed)
    }
}
