//! Titles and texts as people type them, and the pages of lists, checked without I/O.

use hanok_accounts::visible::is_hidden;
use hanok_db::paging::{MAX_LIMIT, MAX_NUMBERED_PAGE, NumberedPage, PageRequest, PagingError};
use hanok_web::FieldError;
use unicode_normalization::UnicodeNormalization;

use crate::fault::Fault;

/// The most characters of a post's title.
pub(crate) const LONGEST_TITLE: usize = 200;
/// The most characters of a post's text.
pub(crate) const LONGEST_BODY: usize = 50_000;

/// A title of one line in NFC, runs of white space made one space; adds what is wrong with it to `faults`.
pub(crate) fn title(faults: &mut Vec<FieldError>, typed: &str) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let title: String = words.join(" ").nfc().take(LONGEST_TITLE + 1).collect();
    let fault = match title.chars().count() {
        0 => Some(FieldError::new("/title", "required")),
        length if length > LONGEST_TITLE => {
            Some(FieldError::new("/title", "board_too_long").arg("max", LONGEST_TITLE))
        }
        _ if title.chars().any(is_hidden) => Some(FieldError::new("/title", "board_characters")),
        _ => None,
    };
    faults.extend(fault);
    title
}

/// A text of several lines in NFC with `\n` between them, white space at its end taken away; adds what is wrong with
/// it to `faults`. `longest` is in characters.
pub(crate) fn body(faults: &mut Vec<FieldError>, typed: &str, longest: usize) -> String {
    let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
    let body: String = lines.trim_end().nfc().take(longest + 1).collect();
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let says_nothing = |c: char| c.is_whitespace() || is_hidden(c);
    let fault = if body.chars().all(says_nothing) {
        Some(FieldError::new("/content", "required"))
    } else if body.chars().count() > longest {
        Some(FieldError::new("/content", "board_too_long").arg("max", longest))
    } else if body.chars().any(is_control) {
        Some(FieldError::new("/content", "board_characters"))
    } else {
        None
    };
    faults.extend(fault);
    body
}

/// A numbered page; the first where nothing is said.
///
/// # Errors
/// A field error at `/page` or `/limit`.
pub(crate) fn numbered(page: Option<u32>, limit: Option<u32>) -> Result<NumberedPage, Fault> {
    NumberedPage::new(page, limit).map_err(wrong_page)
}

/// A page by cursor.
///
/// # Errors
/// A field error at `/cursor` or `/limit`.
pub(crate) fn by_cursor(limit: Option<u32>, cursor: Option<&str>) -> Result<PageRequest, Fault> {
    PageRequest::new(limit, cursor).map_err(wrong_page)
}

fn wrong_page(wrong: PagingError) -> Fault {
    let range = |pointer, most: u32| {
        let field = FieldError::new(pointer, "out_of_range");
        Fault::fields(vec![field.arg("min", 1).arg("max", most)])
    };
    match wrong {
        PagingError::Limit => range("/limit", MAX_LIMIT),
        PagingError::Number => range("/page", MAX_NUMBERED_PAGE),
        PagingError::Cursor => Fault::field("/cursor", "board_cursor"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_title(typed: &str) -> Result<String, &'static str> {
        let mut faults = Vec::new();
        let title = title(&mut faults, typed);
        faults.first().map_or(Ok(title), |fault| Err(fault.code))
    }

    fn of_body(typed: &str) -> Result<String, &'static str> {
        let mut faults = Vec::new();
        let body = body(&mut faults, typed, 10);
        faults.first().map_or(Ok(body), |fault| Err(fault.code))
    }

    #[test]
    fn a_title_is_one_line_of_1_to_200_characters_that_can_be_seen() {
        assert_eq!(of_title("  휴가 \n 신청 ").as_deref(), Ok("휴가 신청"));
        assert_eq!(of_title(" \u{3000} "), Err("required"));
        assert!(of_title(&"가".repeat(200)).is_ok());
        assert_eq!(of_title(&"가".repeat(201)), Err("board_too_long"));
        assert_eq!(of_title("가\u{202E}나"), Err("board_characters"));
    }

    #[test]
    fn a_text_keeps_its_lines_and_has_as_many_characters_as_it_may() {
        assert_eq!(of_body("a\r\n\tb\r\n\r\n").as_deref(), Ok("a\n\tb"));
        assert_eq!(of_body(" \r\n "), Err("required"));
        assert_eq!(of_body("\u{200B}\u{202E} \u{2066}"), Err("required"));
        assert!(of_body(&"가".repeat(10)).is_ok());
        assert_eq!(of_body(&"가".repeat(11)), Err("board_too_long"));
        assert_eq!(of_body("a\u{7}"), Err("board_characters"));
    }
}
