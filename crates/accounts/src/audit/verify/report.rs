//! What a verification found.

use std::fmt;

use hanok_base::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::audit::AuditId;

hanok_db::text_enum! {
    /// What is wrong.
    pub enum BrokenKind {
        /// A row is not what was linked, or not what the program wrote.
        Changed = "changed",
        /// A row or link that the program did not write.
        Inserted = "inserted",
        /// A row or link that is gone.
        Removed = "removed",
        /// A link, or its place in the chain.
        Link = "link",
        /// The end of the chain is gone.
        CutOff = "cut_off",
        /// A checkpoint, in the table or the file.
        Checkpoint = "checkpoint",
        /// A dropped period that the program did not close.
        Period = "period",
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// What kind of fault.
    pub kind: BrokenKind,
    /// The place in the chain, from 1.
    pub seq: Option<i64>,
    /// The row.
    pub audit_id: Option<AuditId>,
    /// The fault in words.
    pub detail: &'static str,
}

/// The newest checkpoint that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LastCheckpoint {
    /// The link it names.
    pub seq: i64,
    /// When it was signed.
    pub at: Timestamp,
}

/// What became of the checkpoint file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// None was given.
    #[default]
    NotGiven,
    /// There is no such file.
    Missing,
    /// It was compared: so many checkpoints.
    Compared(u64),
}

/// The state of the trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows in the log.
    pub rows: u64,
    /// Rows with a link.
    pub linked: u64,
    /// Linked rows that came by hand-written SQL.
    pub database_rows: u64,
    /// Linked rows whose address and agent were erased.
    pub erased: u64,
    /// Rows that wait for the sealer.
    pub not_yet_sealed: u64,
    /// Links that retention dropped.
    pub dropped: u64,
    /// The newest checkpoint in the table that holds.
    pub checkpoint: Option<LastCheckpoint>,
    /// The checkpoint file.
    pub checkpoint_file: FileState,
    /// How many faults there are.
    pub faults: u64,
    /// The first of them.
    pub first_broken: Option<Broken>,
}

impl Report {
    /// Whether nothing is wrong.
    pub const fn is_whole(&self) -> bool {
        self.faults == 0
    }

    pub(super) fn blame(
        &mut self,
        kind: BrokenKind,
        seq: Option<i64>,
        row: Option<Uuid>,
        detail: &'static str,
    ) {
        self.faults += 1;
        let audit_id = row.map(AuditId::from_uuid);
        self.first_broken.get_or_insert(Broken {
            kind,
            seq,
            audit_id,
            detail,
        });
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        if let Some(seq) = self.seq {
            write!(f, ", link {seq}")?;
        }
        if let Some(id) = self.audit_id {
            write!(f, ", row {id}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rows,
            linked,
            not_yet_sealed,
            database_rows,
            erased,
            dropped,
            ..
        } = self;
        writeln!(
            f,
            "{rows} rows: {linked} linked, {not_yet_sealed} not yet sealed"
        )?;
        writeln!(
            f,
            "{database_rows} by hand-written SQL, {erased} with address and agent erased"
        )?;
        if *dropped > 0 {
            writeln!(f, "{dropped} dropped by retention")?;
        }
        match &self.checkpoint {
            Some(last) => writeln!(
                f,
                "last checkpoint: link {} at {}",
                last.seq,
                last.at.to_rfc3339()
            )?,
            None => writeln!(f, "no checkpoint yet")?,
        }
        match self.checkpoint_file {
            FileState::NotGiven => writeln!(f, "checkpoint file: not compared")?,
            FileState::Missing => writeln!(
                f,
                "checkpoint file: MISSING, a chain cut short may go unseen"
            )?,
            FileState::Compared(count) => writeln!(f, "checkpoint file: {count} compared")?,
        }
        match &self.first_broken {
            None => f.write_str("The audit trail is whole."),
            Some(broken) => write!(
                f,
                "The audit trail is BROKEN ({} faults). First: {broken}",
                self.faults
            ),
        }
    }
}
