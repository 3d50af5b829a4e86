//! What may be asked of the list of alerts, and what makes two faults one; without I/O.

use std::time::Duration;

use hanok_accounts::detection::AlertKind;
use hanok_base::Timestamp;
use hanok_db::paging::NumberedPage;
use hanok_db::text_enum;
use hanok_web::asked::{numbered, read, unknown};
use hanok_web::error::FieldError;
use serde::Deserialize;

use crate::fault::Fault;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 200;
/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 300;

text_enum! {
    /// Which alerts are listed.
    pub enum AlertState {
        /// Those that nobody has taken note of.
        Open = "open",
        /// Those that somebody has.
        Acknowledged = "acknowledged",
        /// Every one.
        All = "all",
    }
}

/// Filters and page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AlertsIn {
    /// An [`AlertState`].
    pub state: Option<String>,
    /// An [`AlertKind`].
    pub kind: Option<String>,
    /// From 1.
    pub page: Option<String>,
    /// How many a page has, at most 100.
    pub per_page: Option<String>,
}

/// Which alerts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertFilter {
    /// Whether somebody has taken note of them.
    pub state: AlertState,
    /// Of which kind they are.
    pub kind: Option<AlertKind>,
}

impl AlertsIn {
    /// The filter and the page that are meant.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn check(&self) -> Result<(AlertFilter, NumberedPage), Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let filter = AlertFilter {
            state: read(self.state.as_deref(), state, &mut keep).unwrap_or(AlertState::Open),
            kind: read(self.kind.as_deref(), kind, &mut keep),
        };
        let page = numbered(self.page.as_deref(), self.per_page.as_deref(), &mut keep);
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        Ok((filter, page))
    }
}

fn state(text: &str) -> Result<AlertState, FieldError> {
    let words = AlertState::ALL.iter().map(|state| state.as_str());
    text.parse().map_err(|_| unknown("/state", words))
}

fn kind(text: &str) -> Result<AlertKind, FieldError> {
    let words = AlertKind::ALL.iter().map(|kind| kind.as_str());
    text.parse().map_err(|_| unknown("/kind", words))
}

/// What somebody says of an alert, where they say something.
///
/// # Errors
/// One that is too long.
pub(super) fn note(typed: &str) -> Result<Option<String>, Fault> {
    let typed: String = typed.trim().chars().filter(|it| !it.is_control()).collect();
    if typed.chars().count() > LONGEST_NOTE {
        let fault = FieldError::new("/note", "too_long").arg("max", LONGEST_NOTE);
        return Err(Fault::fields(vec![fault]));
    }
    Ok((!typed.is_empty()).then_some(typed))
}

/// When the hour of this moment began.
pub(super) fn hour_of(at: Timestamp) -> Timestamp {
    let hour = i64::try_from(Duration::from_hours(1).as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(at.micros() - at.micros().rem_euclid(hour))
}

/// What stays the same when one fault comes again: its words without numbers and ids.
pub(super) fn fingerprint(error: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let mut out = String::new();
    let mut word = String::new();
    for c in error.chars().chain(['\n']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        if word.chars().any(|c| c.is_ascii_digit()) {
            out.push('#');
        } else {
            out.push_str(&word);
        }
        word.clear();
        out.push(if c.is_control() { ' ' } else { c });
    }
    out.trim().chars().take(LONGEST_SUBJECT).collect()
}

/// What tells a fault from others: where it was, and what it was.
pub(super) fn fault_subject(method: &str, route: &str, error: &str) -> String {
    let whole = format!("{method} {route}: {}", fingerprint(error));
    whole.chars().take(LONGEST_SUBJECT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_form_asks_for_what_is_open() {
        let (filter, page) = AlertsIn::default().check().unwrap();
        assert_eq!((filter.state, filter.kind), (AlertState::Open, None));
        assert_eq!((page.number(), page.limit()), (1, 20));
    }

    #[test]
    fn every_wrong_filter_is_named() {
        let wrong = AlertsIn {
            state: Some("gone".to_owned()),
            kind: Some("weather".to_owned()),
            page: Some("501".to_owned()),
            per_page: Some("0".to_owned()),
        };
        let Err(Fault::Accounts(hanok_accounts::Fault::Fields(faults))) = wrong.check() else {
            panic!("let through");
        };
        let named: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_ref()).collect();
        assert_eq!(named, ["/state", "/kind", "/page", "/per_page"]);
    }

    #[test]
    fn the_same_fault_of_another_row_is_the_same_fault() {
        let one =
            fingerprint("internal: account 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a: column 3 of 12");
        let other =
            fingerprint("internal: account 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3b: column 4 of 9");
        assert_eq!(one, other);
        assert_eq!(one, "internal: account #: column # of #");
    }

    #[test]
    fn an_hour_begins_at_its_first_microsecond() {
        let at = Timestamp::from_seconds(1_795_239_000);
        assert_eq!(hour_of(at), Timestamp::from_seconds(1_795_237_200));
        assert_eq!(hour_of(hour_of(at)), hour_of(at));
    }

    #[test]
    fn a_note_may_be_left_out_and_not_be_a_letter() {
        assert_eq!(note("  ").unwrap(), None);
        assert_eq!(note(" 확인함 ").unwrap().as_deref(), Some("확인함"));
        assert!(note(&"가".repeat(201)).is_err());
    }
}
