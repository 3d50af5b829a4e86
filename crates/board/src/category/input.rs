//! What is sent to make or change a category.

use std::num::NonZeroU16;

use hanok_accounts::organisation::GroupName;
use hanok_web::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Kind;
use super::subjects::Named;
use crate::fault::Fault;

/// The most characters of a description.
pub(super) const LONGEST_DESCRIPTION: usize = 300;
/// The most subjects of one right.
const MOST_SUBJECTS: usize = 200;

/// Whom a right is given to; all empty: everyone.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubjectsIn {
    /// Names of roles.
    pub(super) roles: Vec<String>,
    /// Ids or names of teams.
    pub(super) teams: Vec<String>,
    /// Ids or names of departments; each with those below it.
    pub(super) departments: Vec<String>,
}

/// A category to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CategoryIn {
    /// 1 to 60 characters; another than other categories have.
    name: String,
    /// At most 300 characters.
    #[serde(default)]
    description: String,
    /// `free` (the default) or `notice`.
    #[serde(default)]
    kind: Option<String>,
    /// Who reads; empty: every member.
    #[serde(default)]
    readers: SubjectsIn,
    /// Who writes, and so reads; empty: everyone who reads.
    #[serde(default)]
    writers: SubjectsIn,
}

/// A change of a category: what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct CategoryPatch {
    /// 1 to 60 characters.
    pub(super) name: Option<String>,
    /// At most 300 characters.
    pub(super) description: Option<String>,
    /// `free` or `notice`.
    pub(super) kind: Option<String>,
    /// Who reads.
    pub(super) readers: Option<SubjectsIn>,
    /// Who writes.
    pub(super) writers: Option<SubjectsIn>,
    /// Its place among the others, from 1.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 65_535)]
    pub(super) position: Option<NonZeroU16>,
}

/// A change, every field checked but for whom the names mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    pub(super) name: Option<GroupName>,
    pub(super) description: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) readers: Option<Named>,
    pub(super) writers: Option<Named>,
    pub(super) position: Option<usize>,
}

impl CategoryIn {
    /// As a change of a category that is not there yet.
    pub(super) fn into_patch(self) -> CategoryPatch {
        CategoryPatch {
            name: Some(self.name),
            description: Some(self.description),
            kind: Some(self.kind.unwrap_or_else(|| Kind::Free.as_str().to_owned())),
            readers: Some(self.readers),
            writers: Some(self.writers),
            position: None,
        }
    }
}

impl CategoryPatch {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(self) -> Result<Change, Fault> {
        let mut faults = Vec::new();
        let change = Change {
            name: self.name.and_then(|typed| name(&mut faults, &typed)),
            description: self
                .description
                .map(|typed| description(&mut faults, &typed)),
            kind: self.kind.and_then(|typed| kind(&mut faults, &typed)),
            readers: self.readers.map(|it| it.named("/readers", &mut faults)),
            writers: self.writers.map(|it| it.named("/writers", &mut faults)),
            position: self.position.map(|place| usize::from(place.get())),
        };
        if faults.is_empty() {
            Ok(change)
        } else {
            Err(Fault::fields(faults))
        }
    }
}

impl SubjectsIn {
    fn named(self, pointer: &'static str, faults: &mut Vec<FieldError>) -> Named {
        let count = self.roles.len() + self.teams.len() + self.departments.len();
        if count > MOST_SUBJECTS {
            faults.push(FieldError::new(pointer, "board_too_many").arg("max", MOST_SUBJECTS));
        }
        Named {
            pointer,
            roles: self.roles,
            teams: self.teams,
            departments: self.departments,
        }
    }
}

fn name(faults: &mut Vec<FieldError>, typed: &str) -> Option<GroupName> {
    GroupName::parse(typed)
        .map_err(|fault| faults.push(FieldError::new("/name", fault.code())))
        .ok()
}

fn description(faults: &mut Vec<FieldError>, typed: &str) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let text = words.join(" ");
    if text.chars().count() > LONGEST_DESCRIPTION {
        let fault = FieldError::new("/description", "board_too_long");
        faults.push(fault.arg("max", LONGEST_DESCRIPTION));
    }
    text
}

fn kind(faults: &mut Vec<FieldError>, typed: &str) -> Option<Kind> {
    typed
        .parse()
        .map_err(|_| faults.push(FieldError::new("/kind", "board_kind")))
        .ok()
}
