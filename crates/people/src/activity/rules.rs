//! What may be asked of activities, and how long they are kept; without I/O.

use std::time::Duration;

use hanok_accounts::activity::ActivityType;
use hanok_accounts::audit::read::Window;
use hanok_db::PageRequest;
use hanok_web::asked::{read, unknown, within};
use hanok_web::error::FieldError;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::audit::{Named, date, person};
use crate::fault::Fault;

/// How long a person sees what they did.
pub(super) const DAY: Duration = Duration::from_hours(24);
/// How many are kept of the whole organisation.
pub(super) const KEPT: u32 = 10_000;
/// For how long: as long as the log of access, for an address and an agent stand in each.
pub(super) const REMEMBERED: Duration = Duration::from_hours(90 * 24);
/// Of how many days the console shows how much was done.
pub(super) const DAYS: i32 = 14;

/// How many one's own list has, and at most.
pub(super) const OWN: Limit = Limit {
    usual: 50,
    most: 200,
};
/// How many the organisation's list has, and at most.
pub(super) const ALL: Limit = Limit {
    usual: 100,
    most: KEPT,
};

/// How many rows a list has.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    /// Where nothing is asked.
    pub(super) usual: u32,
    /// At most.
    pub(super) most: u32,
}

/// Filters and page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActivitiesIn {
    /// An [`ActivityType`].
    pub activity_type: Option<String>,
    /// A person, by username or id; of the organisation's list.
    pub person: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// Where to go on.
    pub cursor: Option<String>,
    /// How many.
    pub limit: Option<String>,
}

/// What is asked, whose person is still to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) person: Option<Named>,
    pub(super) kind: Option<ActivityType>,
    pub(super) window: Window,
    pub(super) page: PageRequest,
    /// The names of the filters, for the trail.
    pub(super) filters: Vec<&'static str>,
}

impl ActivitiesIn {
    /// The filters that say something.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("activity_type", &self.activity_type),
            ("person", &self.person),
            ("from", &self.from),
            ("to", &self.to),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name, given(value.as_deref())?)))
    }

    /// What is meant; days are those of `zone`.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn check(&self, limit: Limit, zone: &TimeZone) -> Result<Asked, Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let kind = read(self.activity_type.as_deref(), kind, &mut keep);
        let person = read(self.person.as_deref(), person, &mut keep);
        let from = read(self.from.as_deref(), |text| date(text, "/from"), &mut keep);
        let to = read(self.to.as_deref(), |text| date(text, "/to"), &mut keep);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            keep(FieldError::new("/to", "audit_period"));
        }
        let most = |text: &str| within(text, "/limit", limit.most);
        let rows = read(self.limit.as_deref(), most, &mut keep).unwrap_or(limit.usual);
        let page = PageRequest::longer(rows, limit.most, given(self.cursor.as_deref()));
        if page.is_err() {
            keep(FieldError::new("/cursor", "audit_cursor"));
        }
        match page {
            Ok(page) if faults.is_empty() => Ok(Asked {
                person,
                kind,
                window: Window::of_days(from, to, zone),
                page,
                filters: self.filters().map(|(name, _)| name).collect(),
            }),
            _ => Err(Fault::fields(faults)),
        }
    }
}

fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|text| !text.is_empty())
}

fn kind(text: &str) -> Result<ActivityType, FieldError> {
    let words = ActivityType::ALL.iter().map(|kind| kind.as_str());
    text.parse().map_err(|_| unknown("/activity_type", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &ActivitiesIn, limit: Limit) -> Result<Asked, Vec<String>> {
        input.check(limit, &TimeZone::UTC).map_err(|fault| {
            let Fault::Accounts(hanok_accounts::Fault::Fields(fields)) = fault else {
                panic!("{fault}");
            };
            let pointers = fields.iter().map(|field| field.pointer.to_string());
            pointers.collect()
        })
    }

    #[test]
    fn a_list_has_its_usual_length_unless_another_is_asked() {
        let asked = |text: Option<&str>, limit| {
            let input = ActivitiesIn {
                limit: text.map(str::to_owned),
                ..ActivitiesIn::default()
            };
            check(&input, limit).ok().map(|asked| asked.page.limit())
        };
        assert_eq!(asked(None, OWN), Some(50));
        assert_eq!(asked(Some(""), ALL), Some(100));
        assert_eq!(asked(Some("200"), OWN), Some(200));
        assert_eq!(asked(Some("10000"), ALL), Some(10_000));
        for wrong in ["0", "-1", "201", "many"] {
            assert_eq!(asked(Some(wrong), OWN), None, "{wrong}");
        }
        assert_eq!(asked(Some("10001"), ALL), None);
    }

    #[test]
    fn every_wrong_filter_is_named_at_once_and_an_empty_one_is_none() {
        let of = |text: &str| Some(text.to_owned());
        let wrong = ActivitiesIn {
            activity_type: of("slept"),
            person: of("\u{0}"),
            from: of("2026-11-22"),
            to: of("2026-11-21"),
            cursor: of("?"),
            limit: of("0"),
        };
        let pointers = ["/activity_type", "/person", "/to", "/limit", "/cursor"];
        assert_eq!(
            check(&wrong, ALL).unwrap_err(),
            pointers.map(str::to_owned).to_vec()
        );
        let empty = ActivitiesIn {
            activity_type: of(" "),
            person: of(""),
            ..ActivitiesIn::default()
        };
        let asked = check(&empty, ALL).unwrap();
        assert_eq!(
            (asked.kind, asked.person, asked.filters),
            (None, None, vec![])
        );
    }
}
