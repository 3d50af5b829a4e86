//! What is sent to make or change a team.

use hanok_web::FieldError;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::change::{NewTeam, TeamChange};
use super::rules::MOST_MEMBERS;
use crate::fault::Fault;
use crate::organisation::department::name;
use crate::organisation::patch::{Field, given};
use crate::organisation::person::Who;

/// A team to be made: with everybody it names, or not at all.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TeamIn {
    /// 1 to 60 characters; another than other teams have.
    name: String,
    /// Who leads it.
    #[serde(default)]
    leader_id: Option<String>,
    /// The accounts that are in it from the beginning, at most 500. One error per id that cannot be added.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 500)]
    member_ids: Vec<Value>,
}

/// A change of a team: what is left out stays, `null` empties.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TeamPatch {
    /// 1 to 60 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    name: Option<String>,
    /// Who leads it; `null` for nobody.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    leader_id: Field<String>,
}

impl TeamIn {
    /// Every field checked but for who the members are.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(self) -> Result<NewTeam, Fault> {
        let mut faults = Vec::new();
        if self.member_ids.len() > MOST_MEMBERS {
            faults
                .push(FieldError::new("/member_ids", "too_many_members").arg("max", MOST_MEMBERS));
        }
        let name = name(&mut faults, &self.name);
        match name.filter(|_| faults.is_empty()) {
            Some(name) => Ok(NewTeam {
                name,
                leader: self.leader_id.as_deref().map(Who::by_id),
                members: self.member_ids.iter().map(who).collect(),
            }),
            None => Err(Fault::fields(faults)),
        }
    }
}

/// What is no text names nobody, as an unknown id does: older clients counted their people by number.
fn who(id: &Value) -> Who {
    id.as_str().map_or(Who::Nobody, Who::by_id)
}

impl TeamPatch {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(self) -> Result<TeamChange, Fault> {
        let mut faults = Vec::new();
        let name = self.name.and_then(|typed| name(&mut faults, &typed));
        let leader = match self.leader_id {
            Field::Left => Field::Left,
            Field::Null => Field::Null,
            Field::Given(id) => Field::Given(Who::by_id(&id)),
        };
        if faults.is_empty() {
            Ok(TeamChange { name, leader })
        } else {
            Err(Fault::fields(faults))
        }
    }
}
