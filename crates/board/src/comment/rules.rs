//! What a comment may be and where a page of comments begins; without I/O.

use std::fmt;
use std::str::FromStr;

use hanok_web::FieldError;

use crate::fault::Fault;
use crate::words::body;

/// The most characters that a comment has.
pub(crate) const LONGEST: usize = 5_000;
/// How many comments a page shows, replies included.
pub(crate) const A_PAGE: u32 = 50;
/// The most that a page of the interface has.
pub(super) const MOST: u32 = 100;

/// The text of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommentText(String);

impl CommentText {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong with `/content`.
    pub(crate) fn parse(typed: &str) -> Result<Self, Fault> {
        let mut faults = Vec::new();
        let text = body(&mut faults, typed, LONGEST);
        if faults.is_empty() {
            Ok(Self(text))
        } else {
            Err(Fault::fields(faults))
        }
    }

    /// As it is kept.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A place in the comments of a post: the thread, which is the serial of its first comment, and the comment in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) thread: i64,
    pub(crate) serial: i64,
}

impl Place {
    /// Before every comment.
    pub(crate) const FIRST: Self = Self {
        thread: 0,
        serial: 0,
    };
}

/// Which comments of a post are wanted: those that follow a place, or those that come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Those behind it.
    After(Place),
    /// Those before it, the nearest of them.
    Before(Place),
}

/// As an address writes it: `a12.15`, `b12.15`.
impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (way, place) = match self {
            Self::After(place) => ('a', place),
            Self::Before(place) => ('b', place),
        };
        write!(f, "{way}{}.{}", place.thread, place.serial)
    }
}

/// What is no cursor of a list of comments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoCursor;

impl FromStr for Start {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let place = |text: &str| {
            let (thread, serial) = text.split_once('.').ok_or(NoCursor)?;
            let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
            Ok(Place {
                thread: number(thread).ok_or(NoCursor)?,
                serial: number(serial).ok_or(NoCursor)?,
            })
        };
        match (text.strip_prefix('a'), text.strip_prefix('b')) {
            (Some(text), _) => place(text).map(Self::After),
            (_, Some(text)) => place(text).map(Self::Before),
            _ => Err(NoCursor),
        }
    }
}

/// How many comments a page of the interface has.
///
/// # Errors
/// A field error for none, and for more than it may have.
pub(super) fn most(asked: Option<u32>) -> Result<u32, Fault> {
    let most = Some(asked.unwrap_or(A_PAGE)).filter(|most| (1..=MOST).contains(most));
    let wrong = || FieldError::new("/limit", "out_of_range");
    most.ok_or_else(|| Fault::fields(vec![wrong().arg("min", 1).arg("max", MOST)]))
}

/// Where a list begins that an address names by a cursor.
///
/// # Errors
/// One that is none of this list.
pub(super) fn start(cursor: Option<&str>) -> Result<Start, Fault> {
    let cursor = cursor.map(str::trim).filter(|cursor| !cursor.is_empty());
    let read = cursor.map_or(Ok(Start::After(Place::FIRST)), str::parse);
    read.map_err(|NoCursor| Fault::field("/cursor", "invalid_value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_says_something_in_5000_characters_at_most() {
        let is_kept = |typed: &str| CommentText::parse(typed).is_ok();
        assert!(is_kept(&"가".repeat(LONGEST)));
        assert!(!is_kept(&"가".repeat(LONGEST + 1)) && !is_kept(" \n\t "));
    }

    #[test]
    fn a_cursor_reads_as_it_was_written_and_nothing_else_is_one() {
        let place = Place {
            thread: 12,
            serial: 15,
        };
        for cursor in [Start::After(place), Start::Before(place)] {
            assert_eq!(start(Some(&cursor.to_string())).ok(), Some(cursor));
        }
        assert_eq!(start(None).ok(), Some(Start::After(Place::FIRST)));
        for wrong in [
            "12.15",
            "a12",
            "a-1.2",
            "c1.2",
            "a1.2.3",
            "a99999999999999999999.1",
        ] {
            assert!(start(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
