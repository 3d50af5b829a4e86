//! What is written down about one person, as their page in the console shows it.

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::permission::{AuditRead, UserManagement};
use hanok_db::{DbError, Tx};
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::store::history::{self, ActRow, GivenRow, StayRow};
use crate::context::People;
use crate::fault::Fault;

/// What is written down about a person.
pub(super) struct History {
    /// The departments they were in, the newest stay first.
    pub(super) departments: Vec<StayRow>,
    /// The teams they were in, the newest stay first.
    pub(super) teams: Vec<StayRow>,
    /// The roles they were given.
    pub(super) roles: Vec<GivenRow>,
    /// What was done to their account, the newest first; for who may read all of the trail.
    pub(super) acts: Option<Vec<ActRow>>,
}

impl People {
    /// What is written down about a person whom the caller sees. Reading what was done to the account is on the record,
    /// where its owner finds it: three statements, and two more for the trail.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn user_history(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: AccountId,
    ) -> Result<History, Fault> {
        let holds = |name| caller.permissions.contains(name);
        let reads = holds(AuditRead::NAME) && holds(UserManagement::NAME);
        let read = self.accounts.db.read(async move |conn| {
            let departments = history::departments(conn, id).await?;
            let teams = history::teams(conn, id).await?;
            let roles = history::given(conn, id).await?;
            let acts = if reads {
                Some(history::acts(conn, id).await?)
            } else {
                None
            };
            Ok::<_, DbError>(History {
                departments,
                teams,
                roles,
                acts,
            })
        });
        let history = read.await?;
        if reads && caller.account != id {
            self.note_look(ctx, id).await?;
        }
        Ok(history)
    }

    async fn note_look(&self, ctx: &Ctx, id: AccountId) -> Result<(), Fault> {
        let entry = Entry::new(Action::AuditSearch)
            .subject(id)
            .target("account", id.uuid())
            .details(json!({ "filters": ["person"] }));
        let (people, origin) = (self.clone(), Origin::from(ctx));
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await
    }
}
