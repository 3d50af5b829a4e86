//! The form of a department, new or to be changed.

use hanok_accounts::organisation::DepartmentId;
use hanok_web::page::Choice;
use hanok_web::{Field, FieldError, Flash};
use serde::Deserialize;

use crate::fault::Fault;
use crate::organisation::department::change::{DepartmentChange, NewDepartment};
use crate::organisation::department::input::name;
use crate::organisation::department::tree::Place;
use crate::organisation::patch::Field as Change;
use crate::organisation::person::Who;
use crate::text;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DepartmentForm {
    name: String,
    parent_id: String,
    manager_id: String,
}

/// Its fields.
pub(super) struct Fields {
    pub(super) name: Field,
    pub(super) parent: Choice,
    pub(super) manager: Field,
}

impl Fields {
    /// The fields, where any of `places` may be above.
    pub(super) fn new<'a>(
        places: impl Iterator<Item = &'a Place>,
        now: &DepartmentForm,
        flash: &Flash,
    ) -> Self {
        let top = Choice::new("parent_id", text::departments::parent())
            .option("", text::departments::top())
            .value(now.parent_id.as_str());
        let parent = places.fold(top, |choice, place| {
            choice.named(place.line.id.to_string(), place.path())
        });
        Self {
            name: Field::new("name", text::departments::name())
                .longest(60)
                .required()
                .value(now.name.as_str())
                .filled(flash),
            parent: parent.filled(flash),
            manager: Field::new("manager_id", text::departments::manager())
                .hint(text::departments::manager_hint())
                .longest(64)
                .value(now.manager_id.as_str())
                .filled(flash),
        }
    }
}

impl DepartmentForm {
    /// What stands in the form of a department that is there.
    pub(super) fn of(place: &Place) -> Self {
        let parent = place.line.parent_id;
        Self {
            name: place.line.name.clone(),
            parent_id: parent.map(|id| id.to_string()).unwrap_or_default(),
            manager_id: place.line.manager_username.clone().unwrap_or_default(),
        }
    }

    /// The empty form of one below `parent`.
    pub(super) fn below(parent: Option<String>) -> Self {
        Self {
            parent_id: parent.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What was typed, to be shown again.
    pub(super) fn typed(self) -> [(&'static str, String); 3] {
        [
            ("name", self.name),
            ("parent_id", self.parent_id),
            ("manager_id", self.manager_id),
        ]
    }

    /// A department to be made.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn new_department(&self) -> Result<NewDepartment, Fault> {
        let change = self.change()?;
        let missing = || Fault::field("/name", "required");
        Ok(NewDepartment {
            name: change.name.ok_or_else(missing)?,
            parent: change.parent.or(None),
            manager: change.manager.or(None),
        })
    }

    /// A department to be changed: the form holds all of it.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn change(&self) -> Result<DepartmentChange, Fault> {
        let mut faults = Vec::new();
        let parent = match self.parent_id.parse::<DepartmentId>() {
            _ if self.parent_id.is_empty() => Change::Null,
            Ok(id) => Change::Given(id),
            Err(_) => {
                faults.push(FieldError::new("/parent_id", "department_unknown"));
                Change::Left
            }
        };
        let manager = match self.manager_id.trim() {
            "" => Change::Null,
            typed => Change::Given(Who::by_username(typed)),
        };
        let name = name(&mut faults, &self.name);
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
