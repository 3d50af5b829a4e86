//! What may be asked of the trail, and how much of it whom it shows, without I/O.

use std::net::IpAddr;

use hanok_accounts::AccountId;
use hanok_accounts::audit::Action;
use hanok_accounts::audit::read::{Search, Sight, Window};
use hanok_accounts::permission::PeopleRead;
use hanok_accounts::role;
use hanok_accounts::username::Username;
use hanok_db::PageRequest;
use hanok_db::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use hanok_web::error::FieldError;
use hanok_web::{Caller, Permission};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::fault::Fault;

/// The longest id of a request.
const LONGEST_REQUEST: usize = 255;

/// Filters and page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuditIn {
    /// A person, by username or id.
    pub person: Option<String>,
    /// An [`Action`].
    pub action: Option<String>,
    /// An IP address.
    pub address: Option<String>,
    /// The id of a request.
    pub request_id: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// Where to go on.
    pub cursor: Option<String>,
    /// How many a page has, at most 100.
    pub limit: Option<String>,
}

/// A person, as a filter names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// By id.
    Id(AccountId),
    /// By username.
    Username(Username),
}

/// What is asked of the trail, whose person is still to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) person: Option<Named>,
    pub(super) search: Search,
    /// The names of the filters, for the trail.
    pub(super) filters: Vec<&'static str>,
}

impl AuditIn {
    /// The filters that say something.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("person", &self.person),
            ("action", &self.action),
            ("address", &self.address),
            ("request_id", &self.request_id),
            ("from", &self.from),
            ("to", &self.to),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name, given(value.as_deref())?)))
    }

    /// The search and the page that are meant; days are those of `zone`.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn check(&self, zone: &TimeZone) -> Result<(Asked, PageRequest), Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let from = read(self.from.as_deref(), |text| date(text, "/from"), &mut keep);
        let to = read(self.to.as_deref(), |text| date(text, "/to"), &mut keep);
        let asked = Asked {
            person: read(self.person.as_deref(), person, &mut keep),
            search: Search {
                action: read(self.action.as_deref(), action, &mut keep),
                address: read(self.address.as_deref(), address, &mut keep),
                request_id: read(self.request_id.as_deref(), request_id, &mut keep),
                window: Window::of_days(from, to, zone),
                ..Search::default()
            },
            filters: self.filters().map(|(name, _)| name).collect(),
        };
        let limit = read(self.limit.as_deref(), limit, &mut keep).unwrap_or(DEFAULT_LIMIT);
        let page = PageRequest::new(Some(limit), given(self.cursor.as_deref()));
        if page.is_err() {
            keep(FieldError::new("/cursor", "audit_cursor"));
        }
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            keep(FieldError::new("/to", "audit_period"));
        }
        match page {
            Ok(page) if faults.is_empty() => Ok((asked, page)),
            _ => Err(Fault::fields(faults)),
        }
    }
}

/// How much of the trail `caller` sees, by the roles of the account and not by what an API key of it was left: whoever
/// runs only their own providers sees those. `owned`, `answered` and `approved` are what the apps say.
pub(super) fn sight(
    caller: &Caller,
    owned: Option<&'static str>,
    (answered, approved): (Option<&'static str>, Option<&'static str>),
) -> Sight {
    let has = |name: &str| caller.roles.iter().any(|held| held == name);
    let is_whole = [role::SUPER_ADMIN, role::ADMIN, "auditor"]
        .into_iter()
        .any(has);
    if is_whole || !has(role::SERVICE_ADMIN) {
        return Sight::All;
    }
    let reads = caller.permissions.contains(PeopleRead::NAME);
    Sight::Own {
        viewer: caller.account,
        providers: owned,
        people: answered.filter(|_| reads),
        approved: approved.filter(|_| reads),
    }
}

fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|text| !text.is_empty())
}

fn read<T>(
    value: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, FieldError>,
    keep: &mut impl FnMut(FieldError),
) -> Option<T> {
    parse(given(value)?).map_err(keep).ok()
}

/// A person, by id or username.
///
/// # Errors
/// The field's fault for what is neither.
pub(crate) fn person(text: &str) -> Result<Named, FieldError> {
    if let Ok(id) = text.parse() {
        return Ok(Named::Id(id));
    }
    Username::parse(text)
        .map(Named::Username)
        .map_err(|_| unknown_person())
}

/// There is nobody of this name, or nobody whom the reader may know of.
pub(super) fn unknown_person() -> FieldError {
    FieldError::new("/person", "audit_person")
}

fn action(text: &str) -> Result<Action, FieldError> {
    text.to_uppercase().parse().map_err(|_| {
        let words: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        FieldError::new("/action", "unknown_value").arg("expected", words.join(", "))
    })
}

fn address(text: &str) -> Result<IpAddr, FieldError> {
    text.parse()
        .map_err(|_| FieldError::new("/address", "audit_address"))
}

fn request_id(text: &str) -> Result<String, FieldError> {
    let is_sane = text.len() <= LONGEST_REQUEST && !text.chars().any(char::is_control);
    is_sane
        .then(|| text.to_owned())
        .ok_or_else(|| FieldError::new("/request_id", "invalid_value"))
}

/// `YYYY-MM-DD` and nothing else that jiff would read.
///
/// # Errors
/// The field's fault for anything else.
pub(crate) fn date(text: &str, pointer: &'static str) -> Result<Date, FieldError> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = plain.then(|| text.parse().ok()).flatten();
    date.ok_or_else(|| FieldError::new(pointer, "audit_date"))
}

fn limit(text: &str) -> Result<u32, FieldError> {
    let limit = text.parse().ok();
    limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| {
            FieldError::new("/limit", "out_of_range")
                .arg("min", 1)
                .arg("max", MAX_LIMIT)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(change: impl FnOnce(&mut AuditIn)) -> Result<(Asked, PageRequest), Fault> {
        let mut input = AuditIn::default();
        change(&mut input);
        input.check(&TimeZone::UTC)
    }

    #[test]
    fn nothing_asked_is_everything() {
        let (asked, page) = asked(|input| input.person = Some("  ".to_owned())).unwrap();
        assert_eq!(asked, Asked::default());
        assert_eq!((page.rows(), page.cursor()), (21, None));
    }

    #[test]
    fn every_wrong_filter_is_named_at_once() {
        let wrong = asked(|input| {
            input.action = Some("LOOKED".to_owned());
            input.address = Some("192.0.2".to_owned());
            input.from = Some("2026-11-22".to_owned());
            input.to = Some("2026-11-21".to_owned());
            input.limit = Some("101".to_owned());
            input.cursor = Some("?".to_owned());
        });
        let Err(Fault::Accounts(hanok_accounts::Fault::Fields(fields))) = wrong else {
            panic!("it was taken");
        };
        let pointers: Vec<_> = fields.iter().map(|field| field.pointer.as_ref()).collect();
        assert_eq!(
            pointers,
            ["/action", "/address", "/limit", "/cursor", "/to"]
        );
    }

    #[test]
    fn an_action_is_taken_in_either_case_and_a_person_by_id_or_name() {
        let (asked, _) = asked(|input| {
            input.action = Some("user_login".to_owned());
            input.person = Some("mina".to_owned());
        })
        .unwrap();
        assert_eq!(asked.search.action, Some(Action::UserLogin));
        assert!(matches!(asked.person, Some(Named::Username(_))));
        assert_eq!(asked.filters, ["person", "action"]);
    }
}
