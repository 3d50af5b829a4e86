//! The trail of a past that was made up, for a store that is filled to be shown or measured: rows with
//! their own times, sealed and linked like any other and many at once. They tell the security log nothing.

use hanok_base::{Clock, Id, KeyRing, Timestamp};
use hanok_db::{DbError, InsertMany, Param, Tx, Value};
use uuid::Uuid;

use crate::audit::link::{self, Tip};
use crate::audit::row::{LogRow, SideRow};
use crate::audit::{Audit, AuditError, AuditRow, Entry, Origin, head};

/// An act of a made-up past.
#[derive(Clone, Debug)]
pub struct PastAct {
    /// When it is said to have happened.
    pub at: Timestamp,
    /// Where it is said to have come from.
    pub origin: Origin,
    /// What it is said to have been.
    pub entry: Entry,
}

/// Rows of a made-up past, sealed and ready to be inserted.
#[derive(Default)]
pub struct PastRows {
    rows: Vec<LogRow>,
    sides: Vec<(Uuid, SideRow)>,
}

impl Audit {
    /// Seals acts of a made-up past: each row's id and time are of its act.
    ///
    /// # Errors
    /// Where the audit key is missing.
    pub fn seal_past(&self, acts: &[PastAct]) -> Result<PastRows, DbError> {
        let clock = Clock::manual(Timestamp::default());
        let mut past = PastRows::default();
        for act in acts {
            clock.set(act.at);
            let id: Id<AuditRow> = Id::new(&clock, self.random());
            let side = self.side(&act.origin);
            let row = self.row(id, act.at, &act.origin, &act.entry, side.as_ref())?;
            past.rows.push(row);
            past.sides.extend(side.map(|side| (id.uuid(), side)));
        }
        Ok(past)
    }
}

impl PastRows {
    /// How many rows.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Inserts them and links them at once, in their order; the [`Sealer`](crate::audit::Sealer) makes the
    /// checkpoints, and must have run since the key was changed.
    ///
    /// # Errors
    /// What the store answers, a missing key; the unit then fails as a whole.
    pub async fn insert(&self, tx: &mut Tx, keys: &KeyRing) -> Result<(), AuditError> {
        static LOG: InsertMany<15> = InsertMany::new(
            "INSERT INTO audit_log (id, at, action, actor_id, subject_id, provider_id, target_kind, \
             target_id, target_version, details, request_id, origin, key_version, row_mac, origin_mac)",
        );
        static ORIGIN: InsertMany<4> =
            InsertMany::new("INSERT INTO audit_origin (audit_id, salt, address, agent)");
        let rows: Vec<_> = self.rows.iter().map(log_values).collect();
        LOG.execute(tx, &rows).await?;
        let sides: Vec<_> = self.sides.iter().map(side_values).collect();
        ORIGIN.execute(tx, &sides).await?;
        let mut tip = Tip::lock(tx, keys).await?;
        let version = i64::from(keys.audit_version()).max(tip.key_version);
        link::append(tx, keys, version, &mut tip, &self.rows).await?;
        head::write(tx, keys, &tip).await
    }
}

fn log_values(row: &LogRow) -> [Value<'_>; 15] {
    [
        row.id.value(),
        row.at.value(),
        row.action.value(),
        row.actor_id.value(),
        row.subject_id.value(),
        row.provider_id.value(),
        row.target_kind.value(),
        row.target_id.value(),
        row.target_version.value(),
        row.details.value(),
        row.request_id.value(),
        row.origin.value(),
        row.key_version.value(),
        row.row_mac.value(),
        row.origin_mac.value(),
    ]
}

fn side_values((row, side): &(Uuid, SideRow)) -> [Value<'_>; 4] {
    [
        row.value(),
        side.salt.value(),
        side.address.value(),
        side.agent.value(),
    ]
}
