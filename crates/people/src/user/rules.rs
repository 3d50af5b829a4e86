//! What may be asked of the list of people, without I/O.

use hanok_accounts::organisation::{DepartmentId, GroupName};
use hanok_db::paging::NumberedPage;
use hanok_db::text_enum;
use hanok_web::asked::{numbered, read, unknown};
use hanok_web::error::FieldError;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::fault::Fault;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// Filters, order and page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct UsersIn {
    /// A part of a name or username; or a whole phone number or e-mail address.
    pub q: Option<String>,
    /// A department, by name or id.
    pub department: Option<String>,
    /// A role's name.
    pub role: Option<String>,
    /// A [`UserState`].
    pub status: Option<String>,
    /// A [`UserSort`].
    pub sort: Option<String>,
    /// From 1.
    pub page: Option<String>,
    /// How many a page has, at most 100.
    pub per_page: Option<String>,
}

text_enum! {
    /// Which accounts are listed.
    pub enum UserState {
        /// Those in use.
        Active = "active",
        /// Those that are locked by hand, by failed passwords or by failed PINs.
        Locked = "locked",
        /// Those that are switched off.
        Disabled = "disabled",
        /// Those that their people have closed, until they are erased.
        Closed = "closed",
        /// Those in use that have no password yet, not even a temporary one.
        NoPassword = "no_password",
        /// Every one.
        All = "all",
    }
}

text_enum! {
    /// In which order they are listed.
    pub enum UserSort {
        /// By name.
        Name = "name",
        /// By name, the last first.
        NameDown = "-name",
        /// By username.
        Username = "username",
        /// By username, the last first.
        UsernameDown = "-username",
        /// The oldest account first.
        Created = "created",
        /// The newest account first.
        CreatedDown = "-created",
        /// Who has not signed in for the longest time first.
        LastLogin = "last_login",
        /// Who has signed in last first.
        LastLoginDown = "-last_login",
    }
}

/// A department, as a filter names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InDepartment {
    /// By its id.
    Id(DepartmentId),
    /// By its name, whatever it is part of.
    Named(GroupName),
}

/// Which people are wanted, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFilter {
    /// What to search for.
    pub q: Option<String>,
    /// Their department.
    pub department: Option<InDepartment>,
    /// A role that they hold.
    pub role: Option<String>,
    /// How their accounts stand.
    pub state: UserState,
    /// The order.
    pub sort: UserSort,
}

impl Default for UserFilter {
    fn default() -> Self {
        Self {
            q: None,
            department: None,
            role: None,
            state: UserState::Active,
            sort: UserSort::Name,
        }
    }
}

impl UsersIn {
    /// The filter and the page that are meant.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn check(&self) -> Result<(UserFilter, NumberedPage), Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let filter = UserFilter {
            q: read(self.q.as_deref(), searched, &mut keep),
            department: read(self.department.as_deref(), department, &mut keep),
            role: read(self.role.as_deref(), role, &mut keep),
            state: read(self.status.as_deref(), state, &mut keep).unwrap_or(UserState::Active),
            sort: read(self.sort.as_deref(), sort, &mut keep).unwrap_or(UserSort::Name),
        };
        let page = numbered(self.page.as_deref(), self.per_page.as_deref(), &mut keep);
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        Ok((filter, page))
    }
}

fn searched(text: &str) -> Result<String, FieldError> {
    let composed: String = text.nfc().take(LONGEST + 1).collect();
    if composed.chars().count() > LONGEST {
        return Err(FieldError::new("/q", "too_long").arg("max", LONGEST));
    }
    Ok(composed)
}

fn department(text: &str) -> Result<InDepartment, FieldError> {
    if let Ok(id) = text.parse() {
        return Ok(InDepartment::Id(id));
    }
    let name = GroupName::parse(text).map(InDepartment::Named);
    name.map_err(|fault| FieldError::new("/department", fault.code()))
}

fn role(text: &str) -> Result<String, FieldError> {
    if text.chars().count() > LONGEST {
        return Err(FieldError::new("/role", "too_long").arg("max", LONGEST));
    }
    Ok(text.to_lowercase())
}

fn state(text: &str) -> Result<UserState, FieldError> {
    let words = UserState::ALL.iter().map(|state| state.as_str());
    text.parse().map_err(|_| unknown("/status", words))
}

fn sort(text: &str) -> Result<UserSort, FieldError> {
    let words = UserSort::ALL.iter().map(|sort| sort.as_str());
    text.parse().map_err(|_| unknown("/sort", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> UsersIn {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        UsersIn {
            q: value("q"),
            department: value("department"),
            role: value("role"),
            status: value("status"),
            sort: value("sort"),
            page: value("page"),
            per_page: value("per_page"),
        }
    }

    #[test]
    fn an_empty_form_asks_for_everybody_in_use() {
        let empty = asked(&[("q", ""), ("status", " "), ("page", "")]);
        let (filter, page) = empty.check().unwrap();
        assert_eq!(filter, UserFilter::default());
        assert_eq!((page.number(), page.limit()), (1, 20));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let long = "가".repeat(101);
        let wrong = asked(&[
            ("q", &long),
            ("department", "\u{202E}"),
            ("status", "gone"),
            ("sort", "password_hash"),
            ("page", "501"),
            ("per_page", "101"),
        ]);
        let Err(Fault::Accounts(hanok_accounts::Fault::Fields(faults))) = wrong.check() else {
            panic!("let through");
        };
        let named: Vec<(&str, &str)> = faults
            .iter()
            .map(|fault| (fault.pointer.as_ref(), fault.code))
            .collect();
        let expected = [
            ("/q", "too_long"),
            ("/department", "name_characters"),
            ("/status", "unknown_value"),
            ("/sort", "unknown_value"),
            ("/page", "out_of_range"),
            ("/per_page", "out_of_range"),
        ];
        assert_eq!(named, expected);
    }
}
