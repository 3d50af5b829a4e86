//! What is sent to make or change a department.

use hanok_accounts::organisation::{DepartmentId, GroupName};
use hanok_web::FieldError;
use serde::Deserialize;
use utoipa::ToSchema;

use super::change::{DepartmentChange, NewDepartment};
use crate::fault::Fault;
use crate::organisation::patch::{Field, given};
use crate::organisation::person::Who;

/// A department to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DepartmentIn {
    /// 1 to 60 characters; another than its siblings have.
    name: String,
    /// The department that it is part of.
    #[serde(default)]
    parent_id: Option<String>,
    /// Who leads it.
    #[serde(default)]
    manager_id: Option<String>,
}

/// A change of a department: what is left out stays, `null` empties.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct DepartmentPatch {
    /// 1 to 60 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    name: Option<String>,
    /// The department that it becomes part of; `null` for none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent_id: Field<String>,
    /// Who leads it; `null` for nobody.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    manager_id: Field<String>,
}

impl DepartmentIn {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(self) -> Result<NewDepartment, Fault> {
        let mut faults = Vec::new();
        let parent = self.parent_id.filter(|parent| !parent.is_empty());
        let parent = parent.and_then(|parent| department(&mut faults, &parent));
        let name = name(&mut faults, &self.name);
        match name.filter(|_| faults.is_empty()) {
            Some(name) => Ok(NewDepartment {
                name,
                parent,
                manager: self.manager_id.as_deref().map(Who::by_id),
            }),
            None => Err(Fault::fields(faults)),
        }
    }
}

impl DepartmentPatch {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(self) -> Result<DepartmentChange, Fault> {
        let mut faults = Vec::new();
        let parent = match self.parent_id {
            Field::Left => Field::Left,
            Field::Null => Field::Null,
            Field::Given(id) => department(&mut faults, &id).map_or(Field::Left, Field::Given),
        };
        let manager = match self.manager_id {
            Field::Left => Field::Left,
            Field::Null => Field::Null,
            Field::Given(id) => Field::Given(Who::by_id(&id)),
        };
        let name = self.name.and_then(|typed| name(&mut faults, &typed));
        if faults.is_empty() {
            Ok(DepartmentChange {
                name,
                parent,
                manager,
            })
        } else {
            Err(Fault::fields(faults))
        }
    }
}

/// A name, or what is wrong with it.
pub(crate) fn name(faults: &mut Vec<FieldError>, typed: &str) -> Option<GroupName> {
    let name = GroupName::parse(typed);
    let mut fault = |code| faults.push(FieldError::new("/name", code));
    name.map_err(|wrong| fault(wrong.code())).ok()
}

fn department(faults: &mut Vec<FieldError>, typed: &str) -> Option<DepartmentId> {
    let unknown = |_| faults.push(FieldError::new("/parent_id", "department_unknown"));
    typed.parse().map_err(unknown).ok()
}
