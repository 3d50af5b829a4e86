//! What an import is, without I/O.

use hanok_accounts::account::ImportFault;
use hanok_base::Id;
use hanok_db::text_enum;
use serde::{Deserialize, Serialize};

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
        /// The importer's rights changed while it ran: the rest was not made.
        Stopped = "stopped",
    }
}

/// What is wrong with a row of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RowFault {
    /// Where the row begins in the file.
    pub(crate) line: u64,
    /// Column and code.
    #[serde(flatten)]
    pub(crate) fault: ImportFault,
}

/// The faults as the store keeps them.
pub(super) fn written(faults: &[RowFault]) -> String {
    serde_json::to_string(faults).unwrap_or_else(|_| "[]".to_owned())
}

/// The faults that the store has kept.
pub(super) fn read(text: &str) -> Vec<RowFault> {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_kept_by_line_column_and_code() {
        let faults = [RowFault {
            line: 7,
            fault: ImportFault::new("email", "email_format"),
        }];
        let text = written(&faults);
        assert_eq!(
            text,
            r#"[{"line":7,"column":"email","code":"email_format"}]"#
        );
        assert_eq!(read(&text), faults);
    }
}
