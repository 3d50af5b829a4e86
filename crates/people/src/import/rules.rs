//! What an import is, without I/O.

use hanok_accounts::account::ImportFault;
use hanok_base::Id;
use hanok_db::{record, text_enum};

/// Marks the id of an import.
pub(crate) enum Import {}

/// The id of an import.
pub(crate) type ImportId = Id<Import>;

text_enum! {
    /// How far an import is.
    pub(crate) enum ImportState {
        /// Its rows were judged, and nothing is written.
        Preview = "preview",
        /// Its good rows are being made.
        Running = "running",
        /// Every good row was made.
        Done = "done",
        /// The importer's rights changed while it ran, or it was given up: the rest was not made.
        Stopped = "stopped",
    }
}

record! {
    /// What is wrong with a row of the file.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct RowFault {
        /// The row's place among those of the file, from 0.
        pub(crate) place: i64,
        /// The line in which it begins.
        pub(crate) line: i64,
        /// The column; empty where it is the whole row.
        pub(crate) column: String = "column_name",
        /// What is wrong: `field.<code>` of the catalogue.
        pub(crate) code: String,
    }
}

impl RowFault {
    /// What is wrong with the row in this place, which begins in this line.
    pub(super) fn of(place: i64, line: u64, fault: &ImportFault) -> Self {
        Self {
            place,
            line: i64::try_from(line).unwrap_or(i64::MAX),
            column: fault.column.clone(),
            code: fault.code.clone(),
        }
    }

    /// The same without its place.
    pub(super) fn fault(&self) -> ImportFault {
        ImportFault::new(self.column.as_str(), self.code.as_str())
    }
}
