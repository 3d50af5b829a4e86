//! An import is read and judged, begun, and forgotten.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::account::{ImportFault, ImportLine, NewAccount, read_people, roles_in};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::{By, still_holds};
use hanok_accounts::permission::FullUserInfo;
use hanok_base::{Id, Place};
use hanok_db::{DbError, Tx};
use hanok_events::{NewJob, Schedule};
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::job::{KIND, Payload};
use super::rules::{self, ImportId, ImportState, RowFault, written};
use super::store::{self, ImportRow};
use crate::context::People;
use crate::fault::Fault;

/// How long a file waits to be begun.
const WAITS: Duration = Duration::from_hours(1);
/// How long what became of it can be looked at.
const KEPT: Duration = Duration::from_hours(24);
/// How often what is over is forgotten.
const EVERY: Duration = Duration::from_mins(10);

/// An import as its importer sees it.
pub(super) struct Import {
    pub(super) id: ImportId,
    pub(super) state: ImportState,
    /// The rows of the file.
    pub(super) total: i64,
    /// The rows that were looked at.
    pub(super) done: i64,
    /// The accounts that were made.
    pub(super) created: i64,
    /// What is wrong with rows, in their order.
    pub(super) faults: Vec<RowFault>,
    /// The rows, where they are looked at: while the file waits.
    pub(super) lines: Vec<ImportLine>,
}

impl Import {
    /// How many rows have something wrong with them.
    pub(super) fn refused(&self) -> usize {
        let lines: HashSet<u64> = self.faults.iter().map(|fault| fault.line).collect();
        lines.len()
    }

    /// How many rows have nothing wrong with them.
    pub(super) fn good(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| line.account.is_ok())
            .count()
    }

    /// Whether its rows say who somebody is or what they may do, so that the password is asked for.
    pub(super) fn asks(&self) -> bool {
        asks(&self.lines)
    }
}

fn asks(lines: &[ImportLine]) -> bool {
    let asks = |new: &NewAccount| !new.roles.is_empty() || new.phone_proven || new.ci.is_some();
    let mut made = lines.iter().filter_map(|line| line.account.as_ref().ok());
    made.any(asks)
}

/// Where a file is sealed for.
fn place(id: ImportId) -> Place<'static> {
    Place::new("people_import", "file", id.uuid())
}

/// Takes the rows out of the running that were refused.
fn refuse(lines: &mut [ImportLine], faults: &[RowFault]) {
    let mut known: HashMap<u64, Vec<ImportFault>> = HashMap::new();
    for fault in faults {
        let of_line = known.entry(fault.line).or_default();
        of_line.push(fault.fault.clone());
    }
    for line in lines {
        if let Some(known) = known.remove(&line.line) {
            line.account = Err(known);
        }
    }
}

impl People {
    /// Reads a file and judges every row of it; nothing is made. The file waits an hour for its importer.
    ///
    /// # Errors
    /// A field error at `/file` for a file that is none of people.
    pub(super) async fn preview_import(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        file: &[u8],
    ) -> Result<ImportId, Fault> {
        let takes_proof = caller.permissions.contains(FullUserInfo::NAME);
        let today = self.accounts.today(ctx.now);
        let lines = read_people(file, today, takes_proof);
        let mut lines = lines.map_err(|fault| Fault::field("/file", fault.code()))?;
        let by = By::Person(caller.clone());
        self.accounts.judge_import(&by, &mut lines).await?;
        let faults: Vec<RowFault> = lines.iter().flat_map(faults_of).collect();
        let id: ImportId = Id::new(&self.accounts.clock, &self.accounts.random);
        let row = ImportRow {
            id,
            account_id: caller.account,
            account_version: caller.version,
            state: ImportState::Preview,
            file: Some(self.accounts.keys.seal(place(id), file)),
            takes_proof,
            total: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            done: 0,
            created: 0,
            faults: written(&faults),
            read_at: ctx.now,
            expires_at: ctx.now.plus(WAITS),
        };
        let kept = self
            .accounts
            .db
            .write(async move |tx: &mut Tx| store::insert(tx, &row).await);
        kept.await?;
        Ok(id)
    }

    /// An import of the caller's.
    ///
    /// # Errors
    /// Not found, also where it is somebody else's.
    pub(super) async fn import(
        &self,
        ctx: &Ctx,
        account: AccountId,
        id: ImportId,
    ) -> Result<Import, Fault> {
        let now = ctx.now;
        let read = self
            .accounts
            .db
            .read(async move |conn| store::find(conn, id, now).await);
        let row = read.await?.filter(|row| row.account_id == account);
        let mut row = row.ok_or_else(Fault::not_found)?;
        if row.state != ImportState::Preview {
            // Whoever only asks how far it is does not have the whole file read.
            row.file = None;
        }
        self.opened(&row)
    }

    /// What is known of an import; its rows, where it has its file.
    ///
    /// # Errors
    /// A file that does not open.
    pub(super) fn opened(&self, row: &ImportRow) -> Result<Import, Fault> {
        let faults = rules::read(&row.faults);
        let mut lines = match &row.file {
            Some(sealed) => {
                let file = self.accounts.keys.unseal(place(row.id), sealed)?;
                let today = self.accounts.today(row.read_at);
                read_people(&file, today, row.takes_proof).unwrap_or_default()
            }
            None => Vec::new(),
        };
        refuse(&mut lines, &faults);
        Ok(Import {
            id: row.id,
            state: row.state,
            total: row.total,
            done: row.done,
            created: row.created,
            faults,
            lines,
        })
    }

    /// Lets the good rows be made, which a job then does. Rows with roles, CI or proven numbers ask for the password.
    ///
    /// # Errors
    /// Not found; `Forbidden` for a role that the caller may not give; `PasswordRequired`; [`Fault::Conflict`] where it was
    /// begun.
    pub(super) async fn start_import(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: ImportId,
    ) -> Result<(), Fault> {
        let import = self.import(ctx, caller.account, id).await?;
        let (asks, rows) = (import.asks(), import.total);
        let roles = roles_in(&import.lines);
        let (people, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                let accounts = &people.accounts;
                still_holds(tx, &caller).await?;
                let by = By::Person(caller.clone());
                accounts.may_grant_all(tx, &by, roles.iter()).await?;
                if asks {
                    accounts.require_password(tx, &ctx).await?;
                }
                let until = ctx.now.plus(KEPT);
                if !store::start(tx, id, caller.version, until).await? {
                    return Err(Fault::Conflict("import_begun"));
                }
                let entry = Entry::new(Action::AdminAction)
                    .details(json!({ "import": "begun", "rows": rows }));
                accounts
                    .audit
                    .record(tx, &Origin::from(&ctx), entry)
                    .await?;
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
        account: AccountId,
        id: ImportId,
    ) -> Result<(), Fault> {
        let gone = self
            .accounts
            .db
            .write(async move |tx: &mut Tx| store::discard(tx, id, account).await);
        let gone: bool = gone.await?;
        gone.then_some(()).ok_or_else(Fault::not_found)
    }
}

fn faults_of(line: &ImportLine) -> Vec<RowFault> {
    let Err(faults) = &line.account else {
        return Vec::new();
    };
    let of_line = |fault: &ImportFault| RowFault {
        line: line.line,
        fault: fault.clone(),
    };
    faults.iter().map(of_line).collect()
}

/// Forgets what is over, once across all processes.
pub(super) fn forgetting(people: &People) -> Schedule {
    let people = people.clone();
    Schedule {
        name: "people.forget_imports",
        every: EVERY,
        run: Arc::new(move |now| {
            let db = people.accounts.db.clone();
            Box::pin(async move {
                let swept = db
                    .write::<_, DbError, _>(async move |tx: &mut Tx| store::sweep(tx, now).await)
                    .await;
                swept.map_err(|error| error.to_string())
            })
        }),
    }
}
