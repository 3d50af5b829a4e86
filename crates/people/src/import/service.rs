//! An import is read and judged, and looked at.

use std::collections::HashMap;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::account::{ImportFault, ImportLine, NewAccount, read_people};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::By;
use hanok_accounts::permission::FullUserInfo;
use hanok_base::{Id, Place};
use hanok_db::Tx;
use hanok_web::{Caller, Ctx, Permission};
use serde_json::{Value, json};

use super::names::Names;
use super::rules::{ImportId, ImportState, RowFault};
use super::store::{self, ImportRow};
use crate::context::People;
use crate::fault::Fault;

/// How long a file waits to be begun.
const WAITS: Duration = Duration::from_hours(1);

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
    /// How many rows have something wrong with them.
    pub(super) refused: usize,
    /// The rows, where they are looked at: while the file waits.
    pub(super) lines: Vec<ImportLine>,
    /// Who the refused ones are, after that.
    pub(super) names: Names,
}

impl Import {
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
    let mut made = lines.iter().filter_map(|line| line.account.as_ref().ok());
    made.any(|new: &NewAccount| !new.roles.is_empty()) || brings_proof(lines)
}

/// Whether a row that is to be made says who somebody is, by a CI or a number that counts as proven.
pub(super) fn brings_proof(lines: &[ImportLine]) -> bool {
    let brings = |new: &NewAccount| new.phone_proven || new.ci.is_some();
    let mut made = lines.iter().filter_map(|line| line.account.as_ref().ok());
    made.any(brings)
}

/// Where a file is sealed for.
fn place(id: ImportId) -> Place<'static> {
    Place::new("people_import", "file", id.uuid())
}

/// Takes the rows out of the running that were refused.
fn refuse(lines: &mut [ImportLine], faults: &[RowFault]) {
    let mut known: HashMap<i64, Vec<ImportFault>> = HashMap::new();
    for fault in faults {
        let of_row = known.entry(fault.place).or_default();
        of_row.push(fault.fault());
    }
    for (place, line) in (0_i64..).zip(lines) {
        if let Some(known) = known.remove(&place) {
            line.account = Err(known);
        }
    }
}

impl People {
    /// Reads a file and judges every row of it; nothing is made. The file waits an hour for its importer, and that it was
    /// given is on the record.
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
        let faults: Vec<RowFault> = (0_i64..).zip(&lines).flat_map(faults_of).collect();
        let id: ImportId = Id::new(&self.accounts.clock, &self.accounts.random);
        let row = ImportRow {
            id,
            account_id: caller.account,
            account_version: caller.version,
            state: ImportState::Preview,
            file: Some(self.accounts.keys.seal(place(id), file)),
            refused: Some(Names::of(&lines).seal(&self.accounts.keys, id)?),
            takes_proof,
            total: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            done: 0,
            created: 0,
            read_at: ctx.now,
            expires_at: ctx.now.plus(WAITS),
        };
        self.keep_import(ctx, row, faults).await?;
        Ok(id)
    }

    async fn keep_import(
        &self,
        ctx: &Ctx,
        row: ImportRow,
        faults: Vec<RowFault>,
    ) -> Result<(), Fault> {
        let (people, ctx) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                store::insert(tx, &row).await?;
                store::add_faults(tx, row.id, &faults).await?;
                let told = json!({ "import": "looked_at", "rows": row.total });
                people.note_import(tx, &ctx, told).await
            })
            .await
    }

    /// Notes what was done with an import.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn note_import(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        told: Value,
    ) -> Result<(), Fault> {
        let entry = Entry::new(Action::AdminAction).details(told);
        let origin = Origin::from(ctx);
        self.accounts.audit.record(tx, &origin, entry).await?;
        Ok(())
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
        let read = self.accounts.db.read(async move |conn| {
            let row = store::find(conn, id, now).await?;
            let row = row.filter(|row| row.account_id == account);
            let row = row.ok_or_else(Fault::not_found)?;
            // Whoever only asks how far it is does not have the whole file read.
            if row.state == ImportState::Preview {
                let faults = store::faults(conn, id).await?;
                return Ok::<_, Fault>((row, faults, 0));
            }
            let refused = store::refused(conn, id).await?;
            Ok((ImportRow { file: None, ..row }, Vec::new(), refused))
        });
        let (row, faults, refused) = read.await?;
        let lines = self.opened(&row, &faults)?;
        let names = row.refused.as_deref().filter(|_| lines.is_empty());
        let names = names.map(|sealed| Names::open(sealed, &self.accounts.keys, id));
        let of_lines = lines.iter().filter(|line| line.account.is_err()).count();
        Ok(Import {
            id: row.id,
            state: row.state,
            total: row.total,
            done: row.done,
            created: row.created,
            refused: of_lines.max(usize::try_from(refused).unwrap_or_default()),
            lines,
            names: names.transpose()?.unwrap_or_default(),
        })
    }

    /// What is wrong with rows of an import that was begun: with `most` of those that were refused, behind `skip` others.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn import_faults(
        &self,
        id: ImportId,
        most: usize,
        skip: usize,
    ) -> Result<Vec<RowFault>, Fault> {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (most, skip) = (number(most), number(skip));
        let read = self.accounts.db.read(async move |conn| {
            let faults = store::page_of_faults(conn, id, most, skip).await?;
            Ok::<_, Fault>(faults)
        });
        read.await
    }

    /// The rows of an import, those with these faults refused; none where its file is erased or not read.
    ///
    /// # Errors
    /// A file that does not open.
    pub(super) fn opened(
        &self,
        row: &ImportRow,
        faults: &[RowFault],
    ) -> Result<Vec<ImportLine>, Fault> {
        let Some(sealed) = &row.file else {
            return Ok(Vec::new());
        };
        let file = self.accounts.keys.unseal(place(row.id), sealed)?;
        let today = self.accounts.today(row.read_at);
        let mut lines = read_people(&file, today, row.takes_proof).unwrap_or_default();
        refuse(&mut lines, faults);
        Ok(lines)
    }
}

fn faults_of((place, line): (i64, &ImportLine)) -> Vec<RowFault> {
    let faults = line.account.as_ref().err();
    let faults = faults.into_iter().flatten();
    faults
        .map(|fault| RowFault::of(place, line.line, fault))
        .collect()
}
