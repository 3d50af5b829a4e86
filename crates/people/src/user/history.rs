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
    /// Whether the caller manages people, so that nothing is left out.
    pub(super) is_whole: bool,
    /// What was done to their account, the newest first; for who may read all of the trail.
    pub(super) acts: Option<Vec<ActRow>>,
}

impl People {
    /// What is written down about a person whom the caller sees: where they were and who gave them roles for who manages
    /// people, of others only the stays with the caller as their leader. Reading what was done to the account is on the
    /// record, where its owner finds it: three statements, and two more for the trail.
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
        let manages = holds(UserManagement::NAME);
        let reads = holds(AuditRead::NAME) && manages;
        let leader = (!manages).then_some(caller.account);
        let read = self.accounts.db.read(async move |conn| {
            let departments = history::departments(conn, id, leader).await?;
            let teams = history::teams(conn, id, leader).await?;
            let roles = if manages {
                history::given(conn, id).await?
            } else {
                Vec::new()
            };
            let acts = if reads {
                Some(history::acts(conn, id).await?)
            } else {
                None
            };
            Ok::<_, DbError>(History {
                departments,
                teams,
                roles,
                is_whole: manages,
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
