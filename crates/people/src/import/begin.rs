//! An import is begun, thrown away, and forgotten once its time is over.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::account::roles_in;
use hanok_accounts::authority::{By, still_holds};
use hanok_accounts::permission::FullUserInfo;
use hanok_base::Timestamp;
use hanok_db::Tx;
use hanok_events::{NewJob, Schedule};
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::job::{KIND, Payload};
use super::rules::ImportId;
use super::service::brings_proof;
use super::store;
use crate::context::People;
use crate::fault::Fault;

/// How long what became of it can be looked at.
const KEPT: Duration = Duration::from_hours(24);
/// How often what is over is forgotten.
const EVERY: Duration = Duration::from_mins(10);

impl People {
    /// Lets the good rows be made, which a job then does. Rows with roles, CI or proven numbers ask for the password, and
    /// for the right to bring them anew: it may be gone since the file was looked at.
    ///
    /// # Errors
    /// Not found; `Forbidden` for a role, a CI or a number that the caller may not give; `PasswordRequired`;
    /// [`Fault::Conflict`] where it was begun.
    pub(super) async fn start_import(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: ImportId,
    ) -> Result<(), Fault> {
        let import = self.import(ctx, caller.account, id).await?;
        let (asks, rows) = (import.asks(), import.total);
        let proof = brings_proof(&import.lines);
        let roles = roles_in(&import.lines);
        let (people, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                let accounts = &people.accounts;
                still_holds(tx, &caller).await?;
                if proof && !caller.permissions.contains(FullUserInfo::NAME) {
                    return Err(Fault::forbidden());
                }
                let by = By::Person(caller.clone());
                accounts.may_grant_all(tx, &by, roles.iter()).await?;
                if asks {
                    accounts.require_password(tx, &ctx).await?;
                }
                let until = ctx.now.plus(KEPT);
                if !store::start(tx, id, caller.version, until).await? {
                    return Err(Fault::Conflict("import_begun"));
                }
                let told = json!({ "import": "begun", "rows": rows });
                people.note_import(tx, &ctx, told).await?;
                let job = NewJob {
                    kind: KIND,
                    lane: "import".to_owned(),
                    payload: json!(Payload { import_id: id }),
                    run_at: ctx.now,
                };
                accounts.jobs.enqueue(tx, job).await?;
                Ok::<_, Fault>(())
            })
            .await
    }

    /// Forgets a file that was not begun.
    ///
    /// # Errors
    /// Not found.
    pub(super) async fn discard_import(
        &self,
        ctx: &Ctx,
        account: AccountId,
        id: ImportId,
    ) -> Result<(), Fault> {
        let (people, ctx) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                let gone = store::discard(tx, id, account).await?;
                gone.then_some(()).ok_or_else(Fault::not_found)?;
                let told = json!({ "import": "discarded" });
                people.note_import(tx, &ctx, told).await
            })
            .await
    }

    /// Forgets imports whose time is over. One whose rows were still being made is ended before, on the record.
    async fn forget_imports(&self, now: Timestamp) -> Result<(), Fault> {
        let look = self.accounts.db.read(async move |conn| {
            let overdue = store::overdue(conn, now).await?;
            Ok::<_, Fault>(overdue)
        });
        for id in look.await? {
            self.give_up_import(id).await?;
        }
        let sweep = self.accounts.db.write(async move |tx: &mut Tx| {
            store::sweep(tx, now).await?;
            Ok::<_, Fault>(())
        });
        sweep.await
    }
}

/// Forgets what is over, once across all processes.
pub(super) fn forgetting(people: &People) -> Schedule {
    let people = people.clone();
    Schedule {
        name: "people.forget_imports",
        every: EVERY,
        run: Arc::new(move |now| {
            let people = people.clone();
            Box::pin(async move {
                let swept = people.forget_imports(now).await;
                swept.map_err(|fault| fault.to_string())
            })
        }),
    }
}
