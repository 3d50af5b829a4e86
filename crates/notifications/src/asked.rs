//! What may be asked of the list, without I/O.

use hanok_db::paging::{NumberedPage, PageRequest};
use serde::Deserialize;

use crate::fault::Fault;
use crate::history::Wanted;

/// The number up to which all is to be read, where one is said.
///
/// # Errors
/// A field error for a number below zero.
pub(crate) fn upto(number: Option<i64>) -> Result<Option<i64>, Fault> {
    if number.is_some_and(i64::is_negative) {
        return Err(Fault::field("/upto", "notification_upto"));
    }
    Ok(number)
}

/// Filter and page, as the query of an address gives them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryIn {
    /// `1` or `true`: those alone that are not read.
    unread: Option<String>,
    page: Option<u32>,
    cursor: Option<String>,
    limit: Option<u32>,
}

impl HistoryIn {
    /// Whether those alone are wanted that are not read.
    ///
    /// # Errors
    /// A field error for a word that says neither.
    pub(crate) fn is_unread(&self) -> Result<bool, Fault> {
        match self.unread.as_deref() {
            None | Some("" | "0" | "false") => Ok(false),
            Some("1" | "true") => Ok(true),
            Some(_) => Err(Fault::field("/unread", "notification_unread")),
        }
    }

    /// Which page: by its number, or by the cursor of its neighbour.
    ///
    /// # Errors
    /// A field error for what is none, and for both at once.
    pub(crate) fn wanted(&self) -> Result<Wanted, Fault> {
        match self.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
            None => Ok(Wanted::Numbered(NumberedPage::new(self.page, self.limit)?)),
            Some(_) if self.page.is_some() => Err(Fault::field("/cursor", "notification_cursor")),
            cursor => Ok(Wanted::Beside(PageRequest::new(self.limit, cursor)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: serde_json::Value) -> HistoryIn {
        serde_json::from_value(query).unwrap()
    }

    #[test]
    fn nothing_said_is_the_first_page_of_all() {
        let nothing = HistoryIn::default();
        assert!(!nothing.is_unread().unwrap());
        let Wanted::Numbered(page) = nothing.wanted().unwrap() else {
            panic!("not by its number");
        };
        assert_eq!((page.number(), page.limit()), (1, 20));
    }

    #[test]
    fn no_number_is_below_zero() {
        assert_eq!(upto(None).unwrap(), None);
        assert_eq!(upto(Some(0)).unwrap(), Some(0));
        assert!(upto(Some(-1)).is_err());
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for wrong in [
            serde_json::json!({ "page": 0 }),
            serde_json::json!({ "page": 501 }),
            serde_json::json!({ "limit": 101 }),
            serde_json::json!({ "cursor": "here" }),
            serde_json::json!({ "cursor": "AAAA", "page": 2 }),
        ] {
            assert!(asked(wrong.clone()).wanted().is_err(), "{wrong}");
        }
        assert!(
            asked(serde_json::json!({ "unread": "maybe" }))
                .is_unread()
                .is_err()
        );
    }
}
