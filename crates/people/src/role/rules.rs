//! What a role of the organisation's own may be, and who may make one.

use hanok_accounts::role;
use hanok_web::{Caller, FieldError};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::fault::Fault;

/// How many characters a name has.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=40;
/// Names that an address of the console has already.
const ADDRESSES: [&str; 1] = ["new"];

/// A role that is to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RoleIn {
    /// Its name: 2 to 40 letters, digits and `.` `_` `-`, in either case; stored in lower case.
    #[schema(example = "site_keeper")]
    pub name: String,
    /// What it allows beside what every account may do.
    #[serde(default)]
    #[schema(example = json!(["provider_statistics"]))]
    pub permissions: Vec<String>,
}

/// A change of a role: what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct RolePatch {
    /// Another name.
    pub name: Option<String>,
    /// What it allows from now on.
    pub permissions: Option<Vec<String>>,
}

/// A checked role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewRole {
    pub(super) name: String,
    pub(super) permissions: Vec<String>,
}

/// A checked change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RoleChange {
    pub(super) name: Option<String>,
    pub(super) permissions: Option<Vec<String>>,
}

impl RoleIn {
    /// Checks it against the permissions that there are.
    pub(super) fn check(&self, known: &[&str]) -> Result<NewRole, Fault> {
        let patch = RolePatch {
            name: Some(self.name.clone()),
            permissions: Some(self.permissions.clone()),
        };
        let change = patch.check(known)?;
        Ok(NewRole {
            name: change.name.unwrap_or_default(),
            permissions: change.permissions.unwrap_or_default(),
        })
    }
}

impl RolePatch {
    /// Checks it against the permissions that there are.
    pub(super) fn check(&self, known: &[&str]) -> Result<RoleChange, Fault> {
        let mut faults = Vec::new();
        let name = self.name.as_deref().map(name_of);
        let name = name.and_then(|read| read.map_err(|fault| faults.push(fault)).ok());
        let permissions = self.permissions.clone().map(|mut names| {
            let unknown = names.iter().enumerate();
            let unknown = unknown.filter(|(_, name)| !known.contains(&name.as_str()));
            faults.extend(unknown.map(|(index, _)| {
                FieldError::new(format!("/permissions/{index}"), "permission_unknown")
            }));
            names.sort();
            names.dedup();
            names
        });
        if faults.is_empty() {
            Ok(RoleChange { name, permissions })
        } else {
            Err(Fault::fields(faults))
        }
    }
}

/// Reads a name.
fn name_of(text: &str) -> Result<String, FieldError> {
    let fault = |code| Err(FieldError::new("/name", code));
    let name: String = text.trim().nfc().collect::<String>().to_lowercase();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() {
        return fault("required");
    }
    if !LENGTH.contains(&name.chars().count()) {
        return fault("role_name_length");
    }
    if !name.chars().all(is_plain) || !name.chars().any(char::is_alphanumeric) {
        return fault("role_name_characters");
    }
    if role::built_in(&name).is_some() || ADDRESSES.contains(&name.as_str()) {
        return fault("role_name_taken");
    }
    Ok(name)
}

/// Whether somebody may make, change or remove a role that allows all of these: only who may do everything, and so
/// nobody puts into a role what they lack.
pub(super) fn may_shape(caller: &Caller, permissions: &[String]) -> Result<(), Fault> {
    let held = &caller.permissions;
    let may = held.is_everything() && permissions.iter().all(|name| held.contains(name));
    may.then_some(()).ok_or_else(Fault::forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["audit_read", "people_read"];

    fn read(name: &str) -> Result<String, &'static str> {
        name_of(name).map_err(|fault| fault.code)
    }

    #[test]
    fn a_name_is_read_in_either_case_and_any_script() {
        assert_eq!(read(" Site_Keeper ").as_deref(), Ok("site_keeper"));
        assert_eq!(read("인사-담당").as_deref(), Ok("인사-담당"));
    }

    #[test]
    fn a_name_is_neither_a_built_in_one_nor_an_address() {
        for taken in ["admin", "Super_Admin", "user", "new"] {
            assert_eq!(read(taken), Err("role_name_taken"), "{taken}");
        }
        assert_eq!(read(""), Err("required"));
        assert_eq!(read("x"), Err("role_name_length"));
        assert_eq!(read(&"x".repeat(41)), Err("role_name_length"));
        for odd in ["a b", "a/b", "..", "a\u{202E}b", "a%b"] {
            assert_eq!(read(odd), Err("role_name_characters"), "{odd}");
        }
    }

    #[test]
    fn permissions_are_those_there_are_each_once() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let patch = |permissions| RolePatch {
            name: None,
            permissions: Some(permissions),
        };
        let right = patch(names(&["people_read", "audit_read", "people_read"]));
        let read = right.check(&KNOWN).unwrap();
        assert_eq!(
            read.permissions,
            Some(names(&["audit_read", "people_read"]))
        );
        assert!(patch(names(&["audit_read", "fly"])).check(&KNOWN).is_err());
        assert_eq!(
            RolePatch::default().check(&KNOWN).unwrap(),
            RoleChange::default()
        );
    }
}
