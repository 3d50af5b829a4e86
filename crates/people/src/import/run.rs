//! The rows of an import are made, one unit each.

use hanok_accounts::account::{ImportFault, ImportLine, NewAccount};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::{self, Target, still_holds};
use hanok_accounts::permission::FullUserInfo;
use hanok_db::{DbError, Tx};
use hanok_web::{Caller, Ctx, Permission, Principal, Via};
use serde_json::json;

use super::names::Names;
use super::rules::{ImportId, ImportState, RowFault};
use super::service::brings_proof;
use super::store::{self, ImportRow};
use crate::context::People;
use crate::fault::Fault;

/// As the audit trail names it.
const NAME: &str = "people.import";

impl People {
    /// Makes the rows that are left, each in a unit of its own.
    ///
    /// # Errors
    /// The store's; what is wrong with a row is noted with it.
    pub(super) async fn run_import(&self, id: ImportId) -> Result<(), Fault> {
        let now = self.accounts.clock.now();
        let read = self.accounts.db.read(async move |conn| {
            let Some(row) = store::find(conn, id, now).await? else {
                return Ok(None);
            };
            let importer = authority::read(conn, row.account_id).await?;
            let faults = store::faults(conn, id).await?;
            Ok::<_, DbError>(importer.map(|importer| (row, importer, faults)))
        });
        let Some((row, importer, faults)) = read.await? else {
            return Ok(());
        };
        if row.state != ImportState::Running {
            return Ok(());
        }
        let caller = importing(&row, importer);
        let ctx = Ctx {
            principal: Principal::Account(caller.clone()),
            ..Ctx::program(NAME, now)
        };
        let lines = self.opened(&row, &faults)?;
        if brings_proof(&lines) && !caller.permissions.contains(FullUserInfo::NAME) {
            return self.end_import(&ctx, id, ImportState::Stopped).await;
        }
        self.make_rows(&ctx, &caller, (id, row.done), lines).await
    }

    /// Ends an import that is given up: what was made stays made, and the file is erased.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn give_up_import(&self, id: ImportId) -> Result<(), Fault> {
        let ctx = Ctx::program(NAME, self.accounts.clock.now());
        self.end_import(&ctx, id, ImportState::Stopped).await
    }

    async fn make_rows(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        (id, done): (ImportId, i64),
        lines: Vec<ImportLine>,
    ) -> Result<(), Fault> {
        for (place, line) in (0_i64..).zip(lines) {
            let Ok(new) = line.account else { continue };
            if place < done {
                continue;
            }
            match self.make_row(ctx, caller, (id, place), new).await {
                Ok(()) => {}
                Err(Fault::Accounts(hanok_accounts::Fault::Fields(fields))) => {
                    let told = fields.iter().map(|field| {
                        let fault = ImportFault::new(column(&field.pointer), field.code);
                        RowFault::of(place, line.line, &fault)
                    });
                    let told: Vec<RowFault> = told.collect();
                    self.note_refusal((id, place), told).await?;
                }
                Err(Fault::Accounts(hanok_accounts::Fault::Unauthorized)) => {
                    return self.end_import(ctx, id, ImportState::Stopped).await;
                }
                Err(fault) => return Err(fault),
            }
        }
        self.end_import(ctx, id, ImportState::Done).await
    }

    /// The account of a row and the note that it was made: both or neither. A row that was noted is done.
    async fn make_row(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        (id, place): (ImportId, i64),
        new: NewAccount,
    ) -> Result<(), Fault> {
        let (people, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                if store::step(tx, id, place, true).await? {
                    still_holds(tx, &caller).await?;
                    people.accounts.import_in(tx, &ctx, &new).await?;
                }
                Ok::<_, Fault>(())
            })
            .await
    }

    async fn note_refusal(
        &self,
        (id, place): (ImportId, i64),
        faults: Vec<RowFault>,
    ) -> Result<(), Fault> {
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                if store::step(tx, id, place, false).await? {
                    store::add_faults(tx, id, &faults).await?;
                }
                Ok::<_, Fault>(())
            })
            .await
    }

    async fn end_import(&self, ctx: &Ctx, id: ImportId, state: ImportState) -> Result<(), Fault> {
        let refused = self.refused_names(id).await?;
        let (people, ctx) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                let Some(created) = store::end(tx, id, state, refused.as_deref()).await? else {
                    return Ok(());
                };
                let entry = Entry::new(Action::AdminAction)
                    .details(json!({ "import": state, "accounts": created }));
                let origin = Origin::from(&ctx);
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await
    }
}

impl People {
    /// Who was refused, at the first look or when the rows were made, sealed to outlive the file; `None` where the import
    /// is over anyway or the file does not open, which keeps nothing from ending.
    async fn refused_names(&self, id: ImportId) -> Result<Option<Vec<u8>>, Fault> {
        let now = self.accounts.clock.now();
        let read = self.accounts.db.read(async move |conn| {
            let row = store::find(conn, id, now).await?;
            let faults = store::faults(conn, id).await?;
            Ok::<_, DbError>(row.map(|row| (row, faults)))
        });
        let Some((row, faults)) = read.await? else {
            return Ok(None);
        };
        let sealed = self.opened(&row, &faults);
        let sealed = sealed.and_then(|lines| Names::of(&lines).seal(&self.accounts.keys, id));
        Ok(sealed.ok())
    }
}

/// The importer as they were when they agreed, without a session: what they may do is asked of the store at every row.
fn importing(row: &ImportRow, importer: Target) -> Caller {
    Caller {
        account: row.account_id,
        name: importer.row.name.as_str().into(),
        session: None,
        api_key: None,
        via: Via::Bearer,
        permissions: importer.permissions,
        roles: importer.roles.into(),
        version: row.account_version,
        password_confirmed_at: None,
        locale: None,
        theme: None,
    }
}

/// The column of the file that a field of an account comes from.
fn column(pointer: &str) -> &str {
    match pointer.trim_start_matches('/') {
        "user_id" => "username",
        column => column,
    }
}
