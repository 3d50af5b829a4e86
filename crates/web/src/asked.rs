//! Reading what the address of a list asks for: filters, order, page. An empty value is none, and every wrong one is
//! told at its field.

use hanok_db::paging::{MAX_LIMIT, MAX_NUMBERED_PAGE, NumberedPage};

use crate::error::FieldError;

/// Reads one value, where there is one; what is wrong with it goes to `keep`.
pub fn read<T>(
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, FieldError>,
    keep: &mut impl FnMut(FieldError),
) -> Option<T> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    parse(text).map_err(keep).ok()
}

/// The fault of a value that is none of `words`, which it names.
pub fn unknown(pointer: &'static str, words: impl Iterator<Item = &'static str>) -> FieldError {
    let expected = words.collect::<Vec<_>>().join(", ");
    FieldError::new(pointer, "unknown_value").arg("expected", expected)
}

/// A number from 1 to `most`.
///
/// # Errors
/// The field's fault for anything else.
pub fn within(text: &str, pointer: &'static str, most: u32) -> Result<u32, FieldError> {
    let number = text.parse().ok();
    let number = number.filter(|number| (1..=most).contains(number));
    let wrong = || FieldError::new(pointer, "out_of_range");
    number.ok_or_else(|| wrong().arg("min", 1).arg("max", most))
}

/// The page that `page` and `per_page` ask for: the first, with as many rows as lists have, where they say nothing.
/// What is wrong with either goes to `keep`.
pub fn numbered(
    page: Option<&str>,
    per_page: Option<&str>,
    keep: &mut impl FnMut(FieldError),
) -> NumberedPage {
    let number = read(page, |text| within(text, "/page", MAX_NUMBERED_PAGE), keep);
    let rows = read(per_page, |text| within(text, "/per_page", MAX_LIMIT), keep);
    NumberedPage::new(number, rows).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_number_and_rows_within_their_bounds() {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault.pointer);
        let first = numbered(None, Some(""), &mut keep);
        assert_eq!((first.number(), first.limit()), (1, 20));
        let last = numbered(Some("500"), Some("100"), &mut keep);
        assert_eq!((last.number(), last.limit()), (500, 100));
        assert_eq!(numbered(Some("501"), Some("101"), &mut keep), first);
        assert_eq!(faults, ["/page", "/per_page"]);
    }

    #[test]
    fn an_empty_value_is_none_and_a_wrong_one_is_told() {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let page = |text: &str| within(text, "/page", 500);
        assert_eq!(read(None, page, &mut keep), None);
        assert_eq!(read(Some(" "), page, &mut keep), None);
        assert_eq!(read(Some(" 7 "), page, &mut keep), Some(7));
        for wrong in ["0", "501", "-1", "seven"] {
            assert_eq!(read(Some(wrong), page, &mut keep), None, "{wrong}");
        }
        assert_eq!(faults.len(), 4);
    }
}
