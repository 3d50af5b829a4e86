//! Where a sealed value lies.

use uuid::Uuid;

/// The one place a sealed value opens at: the associated data of its encryption.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// The id of the row.
    pub row: Uuid,
}

impl<'a> Place<'a> {
    /// The place `table.column` of the row `row`.
    pub const fn new(table: &'a str, column: &'a str, row: Uuid) -> Self {
        Self { table, column, row }
    }

    pub(super) fn associated_data(&self) -> String {
        format!("{}|{}|{}", self.table, self.column, self.row)
    }
}
