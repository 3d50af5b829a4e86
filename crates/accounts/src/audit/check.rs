//! The walk along the whole chain now and then, and what the last one found: kept and signed, so that pages can say
//! it without a walk of their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::{Clock, KeyRing, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx, params, record};
use hanok_events::Schedule;

use crate::audit::canonical::Canonical;
use crate::audit::verify::{Report, verify};
use crate::audit::{AuditConfig, AuditError};

/// After a walk the next one waits at least this many times as long as it took: a long trail is walked less often.
const REST: u32 = 100;

record! {
    /// The row of `audit_check`.
    struct CheckRow {
        at: Timestamp,
        took_ms: i64,
        until_seq: i64,
        waiting: i64,
        faults: i64,
        broken_kind: Option<String>,
        broken_seq: Option<i64>,
        key_version: i64,
        signature: Vec<u8>,
    }
}

const READ: &str = const_format::concatcp!(
    "SELECT ",
    CheckRow::COLUMNS,
    " FROM audit_check WHERE id = 1"
);
const WRITE: &str = "INSERT INTO audit_check (id, at, took_ms, until_seq, waiting, faults, broken_kind, broken_seq, \
    key_version, signature) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET \
    at = excluded.at, took_ms = excluded.took_ms, until_seq = excluded.until_seq, waiting = excluded.waiting, \
    faults = excluded.faults, broken_kind = excluded.broken_kind, broken_seq = excluded.broken_seq, \
    key_version = excluded.key_version, signature = excluded.signature";

/// What the last walk found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The place of the last link.
    pub until: i64,
    /// Rows that waited for their link.
    pub waiting: i64,
    /// How many faults there are.
    pub faults: i64,
    /// Where the first of them is, where that can be said.
    pub broken_at: Option<i64>,
    /// Whether this installation signed it; what it says counts for nothing otherwise.
    pub is_ours: bool,
}

impl Checked {
    /// Whether the chain was whole.
    pub const fn is_whole(&self) -> bool {
        self.is_ours && self.faults == 0
    }

    /// When the next walk is due.
    fn next(&self) -> Timestamp {
        self.at.plus(self.took * REST)
    }
}

/// What the last walk found; `None` before the first.
///
/// # Errors
/// What the store answers.
pub async fn last_check(conn: &mut Conn, keys: &KeyRing) -> Result<Option<Checked>, DbError> {
    let row: Option<CheckRow> = conn.optional(READ, params![]).await?;
    Ok(row.map(|row| row.checked(keys)))
}

/// Walks the whole chain and keeps what it finds. A broken trail is an error in the log, too.
///
/// # Errors
/// What the store answers, or a checkpoint file that cannot be read.
pub async fn check_now(
    db: &Db,
    keys: &KeyRing,
    clock: &Clock,
    checkpoint_file: &std::path::Path,
) -> Result<Checked, AuditError> {
    let at = clock.now();
    let report = verify(db, keys, Some(checkpoint_file)).await?;
    let row = CheckRow::of(&report, at, clock.now().since(at), keys)?;
    let checked = row.checked(keys);
    if let Some(broken) = &report.first_broken {
        tracing::error!(faults = report.faults, first = %broken, "the audit trail is not as the program left it");
    }
    db.write::<_, DbError, _>(async move |tx: &mut Tx| row.write(tx).await)
        .await?;
    Ok(checked)
}

/// The walk, as often as the settings say and a long trail allows, by one process at a time.
pub fn checking(
    db: &Db,
    keys: &KeyRing,
    clock: &Clock,
    config: &AuditConfig,
    checkpoint_file: PathBuf,
) -> Schedule {
    let (db, keys, clock) = (db.clone(), keys.clone(), clock.clone());
    let file = Arc::new(checkpoint_file);
    Schedule {
        name: "audit.check",
        every: config.check_every(),
        run: Arc::new(move |now| {
            let (db, keys, clock, file) =
                (db.clone(), keys.clone(), clock.clone(), Arc::clone(&file));
            Box::pin(async move {
                let ring = keys.clone();
                let last = db
                    .read::<_, DbError, _>(async move |conn| last_check(conn, &ring).await)
                    .await
                    .map_err(|error| error.to_string())?;
                if last.is_some_and(|last| last.is_ours && last.next() > now) {
                    return Ok(());
                }
                let checked = check_now(&db, &keys, &clock, &file).await;
                checked.map(|_| ()).map_err(|error| error.to_string())
            })
        }),
    }
}

impl CheckRow {
    fn of(
        report: &Report,
        at: Timestamp,
        took: Duration,
        keys: &KeyRing,
    ) -> Result<Self, AuditError> {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let broken = report.first_broken.as_ref();
        let mut row = Self {
            at,
            took_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            until_seq: number(report.dropped + report.linked),
            waiting: number(report.not_yet_sealed),
            faults: number(report.faults),
            broken_kind: broken.map(|broken| broken.kind.as_str().to_owned()),
            broken_seq: broken.and_then(|broken| broken.seq),
            key_version: i64::from(keys.audit_version()),
            signature: Vec::new(),
        };
        row.signature = row.canonical().mac(keys, row.key_version)?.to_vec();
        Ok(row)
    }

    fn canonical(&self) -> Canonical {
        Canonical::new("hanok audit check 1")
            .number(Some(self.at.micros()))
            .number(Some(self.took_ms))
            .number(Some(self.until_seq))
            .number(Some(self.waiting))
            .number(Some(self.faults))
            .text(self.broken_kind.as_deref())
            .number(self.broken_seq)
    }

    fn checked(&self, keys: &KeyRing) -> Checked {
        Checked {
            at: self.at,
            took: Duration::from_millis(u64::try_from(self.took_ms).unwrap_or_default()),
            until: self.until_seq,
            waiting: self.waiting,
            faults: self.faults,
            broken_at: self.broken_seq,
            is_ours: self
                .canonical()
                .is_signed(keys, self.key_version, &self.signature),
        }
    }

    async fn write(&self, tx: &mut Tx) -> Result<(), DbError> {
        let values = params![
            self.at,
            self.took_ms,
            self.until_seq,
            self.waiting,
            self.faults,
            self.broken_kind,
            self.broken_seq,
            self.key_version,
            self.signature
        ];
        tx.execute(WRITE, values).await.map(|_| ())
    }
}
