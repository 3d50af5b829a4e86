//! Writing a row, in the unit of the change it tells of; and taking away where it came from.

use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::{DbError, Tx, params};
use hanok_events::Outbox;

use crate::AccountId;
use crate::activity;
use crate::audit::row::{LogRow, PROGRAM, SideRow};
use crate::audit::security::SecurityLine;
use crate::audit::{AuditId, Entry, Origin};

const INSERT_ROW: &str = "INSERT INTO audit_log (id, at, action, actor_id, subject_id, provider_id, target_kind, \
    target_id, target_version, details, request_id, origin, key_version, row_mac, origin_mac) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

const INSERT_ORIGIN: &str =
    "INSERT INTO audit_origin (audit_id, salt, address, agent) VALUES ($1, $2, $3, $4)";

/// The trail, as every use case writes to it. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Audit {
    keys: KeyRing,
    clock: Clock,
    random: Random,
    /// Where acts of people go on as activities, where the trail tells of them.
    told: Option<Outbox>,
}

impl Audit {
    /// A trail whose rows are sealed with the newest audit key of the ring.
    pub const fn new(keys: KeyRing, clock: Clock, random: Random) -> Self {
        Self {
            keys,
            clock,
            random,
            told: None,
        }
    }

    /// The same trail, which tells the house what people do ([`activity`]).
    #[must_use]
    pub fn telling(self, outbox: Outbox) -> Self {
        let told = Some(outbox);
        Self { told, ..self }
    }

    /// Records an act in the unit that does it: one row, and beside it the address and agent where there
    /// is one. The sealer finds it within a second. What a person did is published as their activity.
    ///
    /// # Errors
    /// What the store answers; the unit then fails as a whole.
    pub async fn record(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        entry: Entry,
    ) -> Result<AuditId, DbError> {
        let id = AuditId::new(&self.clock, &self.random);
        let side = self.side(origin);
        let now = self.clock.now();
        let row = self.row(id, now, origin, &entry, side.as_ref())?;
        insert(tx, &row).await?;
        if let Some(side) = side {
            tx.execute(
                INSERT_ORIGIN,
                params![id, side.salt, side.address, side.agent],
            )
            .await?;
        }
        if let Some(outbox) = &self.told {
            activity::publish(tx, outbox, origin, &entry, now).await?;
        }
        if let Some(line) = SecurityLine::of(id, origin, &entry) {
            tx.after_commit(move || line.write());
        }
        Ok(id)
    }

    pub(super) const fn random(&self) -> &Random {
        &self.random
    }

    pub(super) fn side(&self, origin: &Origin) -> Option<SideRow> {
        let agent = origin.stored_agent();
        let address = origin.address.map(|address| address.to_string());
        let known = address.is_some() || !agent.is_empty();
        known.then(|| SideRow {
            salt: self.random.bytes::<16>().to_vec(),
            address,
            agent,
        })
    }

    pub(super) fn row(
        &self,
        id: AuditId,
        at: Timestamp,
        origin: &Origin,
        entry: &Entry,
        side: Option<&SideRow>,
    ) -> Result<LogRow, DbError> {
        let version = i64::from(self.keys.audit_version());
        let mut row = LogRow {
            id: id.uuid(),
            at: at.micros(),
            action: entry.action.as_str().to_owned(),
            actor_id: origin.actor.map(AccountId::uuid),
            subject_id: entry.subject.map(AccountId::uuid),
            provider_id: entry.provider,
            target_kind: entry.target.map(|(kind, _)| kind.to_owned()),
            target_id: entry.target.map(|(_, id)| id),
            target_version: entry.target_version.clone(),
            details: entry.stored_details(),
            request_id: Some(origin.stored_request_id()),
            origin: PROGRAM.to_owned(),
            key_version: Some(version),
            row_mac: None,
            origin_mac: side.map(|side| side.digest().to_vec()),
        };
        let mac = row
            .own_mac(&self.keys, version)
            .map_err(|error| DbError::Other(error.to_string()))?;
        row.row_mac = Some(mac.to_vec());
        Ok(row)
    }
}

async fn insert(tx: &mut Tx, row: &LogRow) -> Result<(), DbError> {
    let values = params![
        row.id,
        row.at,
        row.action,
        row.actor_id,
        row.subject_id,
        row.provider_id,
        row.target_kind,
        row.target_id,
        row.target_version,
        row.details,
        row.request_id,
        row.origin,
        row.key_version,
        row.row_mac,
        row.origin_mac,
    ];
    tx.execute(INSERT_ROW, values).await.map(|_| ())
}

/// What a person did, and what nobody known did about them.
pub(super) const ERASE: &str = "DELETE FROM audit_origin WHERE audit_id IN (\
    SELECT id FROM audit_log WHERE actor_id = $1 \
    UNION ALL SELECT id FROM audit_log WHERE subject_id = $1 AND actor_id IS NULL)";

/// Takes away the addresses and agents of everything this person did. The rows stay and verify as
/// "erased". The caller records the erasure itself.
///
/// # Errors
/// What the store answers.
pub async fn erase_origins(tx: &mut Tx, account: AccountId) -> Result<u64, DbError> {
    tx.execute(ERASE, params![account]).await
}
