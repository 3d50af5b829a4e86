//! What may be asked of the lists of moderation, and what a reason is; without I/O.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::paging::NumberedPage;
use hanok_db::text_enum;
use hanok_web::FieldError;
use hanok_web::asked::{numbered, read, unknown};
use serde::Deserialize;

use crate::fault::Fault;

/// The most characters of a reason.
const LONGEST_REASON: usize = 200;
/// The longest time for which somebody is kept from writing, in days.
pub(super) const MOST_DAYS: u32 = 3_650;

text_enum! {
    /// Which reports are listed.
    pub enum ReportState {
        /// Those that nobody has decided on.
        Open = "open",
        /// Those that somebody has.
        Closed = "closed",
    }
}

text_enum! {
    /// What was decided on a report.
    pub enum Outcome {
        /// What was reported is hidden.
        Hidden = "hidden",
        /// It stays as it is.
        Dismissed = "dismissed",
    }
}

/// State and page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportsIn {
    /// A [`ReportState`].
    pub state: Option<String>,
    /// From 1.
    pub page: Option<String>,
    /// How many a page has, at most 100.
    pub per_page: Option<String>,
}

impl ReportsIn {
    /// Which reports are meant.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn check(&self) -> Result<(ReportState, NumberedPage), Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let state = read(self.state.as_deref(), state, &mut keep).unwrap_or(ReportState::Open);
        let page = numbered(self.page.as_deref(), self.per_page.as_deref(), &mut keep);
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        Ok((state, page))
    }
}

fn state(text: &str) -> Result<ReportState, FieldError> {
    let words = ReportState::ALL.iter().map(|state| state.as_str());
    text.parse().map_err(|_| unknown("/state", words))
}

/// Why somebody reports, hides or restricts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason(String);

impl Reason {
    /// Reads what was typed: one line.
    ///
    /// # Errors
    /// `required`, `too_long`.
    pub(crate) fn parse(typed: &str) -> Result<Self, Fault> {
        let line: String = typed
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let line = line.trim();
        if line.is_empty() {
            return Err(Fault::field("/reason", "required"));
        }
        if line.chars().count() > LONGEST_REASON {
            let fault = FieldError::new("/reason", "too_long").arg("max", LONGEST_REASON);
            return Err(Fault::fields(vec![fault]));
        }
        Ok(Self(line.to_owned()))
    }

    /// As it is kept.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Until when somebody is kept from writing; `None`: until that is lifted.
///
/// # Errors
/// `out_of_range`.
pub(super) fn until(days: Option<u32>, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
    let Some(days) = days else { return Ok(None) };
    if !(1..=MOST_DAYS).contains(&days) {
        let fault = FieldError::new("/days", "out_of_range");
        let fault = fault.arg("min", 1).arg("max", MOST_DAYS);
        return Err(Fault::fields(vec![fault]));
    }
    Ok(Some(now.plus(Duration::from_hours(24 * u64::from(days)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        let kept = |typed: &str| Reason::parse(typed).ok().map(|it| it.0);
        assert_eq!(kept(" 욕설\n반복 ").as_deref(), Some("욕설 반복"));
        assert_eq!(kept(" \n "), None);
        assert!(kept(&"가".repeat(LONGEST_REASON)).is_some());
        assert_eq!(kept(&"가".repeat(LONGEST_REASON + 1)), None);
    }

    #[test]
    fn a_restriction_ends_within_ten_years_or_when_it_is_lifted() {
        let now = Timestamp::from_seconds(1_795_239_000);
        assert_eq!(until(None, now).ok(), Some(None));
        let day = now.plus(Duration::from_hours(24));
        assert_eq!(until(Some(1), now).ok(), Some(Some(day)));
        assert!(until(Some(0), now).is_err() && until(Some(MOST_DAYS + 1), now).is_err());
    }

    #[test]
    fn every_wrong_filter_is_named() {
        let wrong = ReportsIn {
            state: Some("gone".to_owned()),
            page: Some("501".to_owned()),
            per_page: Some("0".to_owned()),
        };
        let Err(Fault::Accounts(hanok_accounts::Fault::Fields(faults))) = wrong.check() else {
            panic!("let through");
        };
        let named: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_ref()).collect();
        assert_eq!(named, ["/state", "/page", "/per_page"]);
    }
}
