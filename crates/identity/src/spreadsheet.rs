//! Files for spreadsheets: comma-separated values in which a formula stays the text it is.

use std::io;

use axum::http::HeaderName;
use axum::http::header;

/// What a spreadsheet begins with to know that the file is UTF-8.
pub(crate) const BOM: &str = "\u{feff}";

/// A line of a file.
///
/// # Errors
/// None that the writer into memory has; its type says so.
pub(crate) fn line<C: AsRef<str>>(cells: impl IntoIterator<Item = C>) -> io::Result<String> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cells: Vec<String> = cells.into_iter().map(|it| harmless(it.as_ref())).collect();
    writer.write_record(cells).map_err(io::Error::other)?;
    let bytes = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// A cell that a spreadsheet would take for a formula is shown as the text it is.
pub(crate) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The headers of a file of this name, which is plain ASCII; no cache keeps it.
pub(crate) fn headers(name: &str) -> [(HeaderName, String); 3] {
    [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_stays_text_and_a_comma_stays_in_its_cell() {
        let line = line(["=1+1", "a,b", "+82", "\"ok\""]).unwrap();
        assert_eq!(line, "'=1+1,\"a,b\",'+82,\"\"\"ok\"\"\"\r\n");
    }

    #[test]
    fn a_file_is_named_and_kept_by_no_cache() {
        let [kind, place, cache] = headers("requests-2026-11-21.csv").map(|(_, value)| value);
        assert_eq!(kind, "text/csv; charset=utf-8");
        assert_eq!(place, "attachment; filename=\"requests-2026-11-21.csv\"");
        assert_eq!(cache, "no-store");
    }
}
