//! A new account comes into its department, by the name that a file or a command line gave.

use hanok_base::{Id, Timestamp};
use hanok_db::Tx;
use hanok_events::Event;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::department::{self, Placed};
use super::{DepartmentId, GroupName};
use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;

/// A department or a team was made, changed or closed, or somebody came or went.
#[derive(Debug, Serialize)]
pub struct OrganisationChanged {
    /// `department` or `team`.
    pub kind: &'static str,
    /// Which.
    pub id: Uuid,
}

impl Event for OrganisationChanged {
    const TYPE: &'static str = "organisation.changed";

    fn key(&self) -> String {
        self.id.to_string()
    }
}

impl Accounts {
    /// Puts a new account into the department of this name, which is made where there is none. Of several the one
    /// without a parent is meant.
    ///
    /// # Errors
    /// [`Fault::Fields`] where several have the name, all of them below another; the store's.
    pub(crate) async fn join(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        account: AccountId,
        name: &GroupName,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let department = match department::named(tx, name).await?.as_slice() {
            [] => self.make_top_department(tx, origin, name, now).await?,
            [only] => only.id,
            [first, ..] if first.parent_id.is_none() => first.id,
            _ => return Err(Fault::field("/department", "department_ambiguous")),
        };
        let stay = Id::new(&self.clock, &self.random);
        match department::place(tx, account, Some(department), stay, now).await? {
            Placed::Moved(_) | Placed::Already => Ok(()),
            Placed::Gone => Err(Fault::Busy),
        }
    }

    async fn make_top_department(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        name: &GroupName,
        now: Timestamp,
    ) -> Result<DepartmentId, Fault> {
        let id: DepartmentId = Id::new(&self.clock, &self.random);
        if !department::insert(tx, id, None, name, None, now).await? {
            // Another unit has just made it: it is there now.
            let made = department::named(tx, name).await?;
            let made = made.first().map(|department| department.id);
            return made.ok_or_else(|| Fault::field("/department", "department_ambiguous"));
        }
        let entry = Entry::new(Action::AdminAction).target("department", id.uuid());
        let entry = entry.details(json!({ "act": "created" }));
        self.audit.record(tx, origin, entry).await?;
        let changed = OrganisationChanged {
            kind: "department",
            id: id.uuid(),
        };
        self.outbox.publish(tx, &changed).await?;
        Ok(id)
    }
}
