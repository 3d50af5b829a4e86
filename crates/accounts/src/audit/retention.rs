//! Retention: whole closed periods are dropped, on the record, and the chain still verifies.
//!
//! A period is a calendar month (UTC) of the chain: its links up to the last checkpoint signed in that
//! month. It is closed by a signed row in `audit_retention`; only then do the guards let go of its rows.

use hanok_base::{KeyRing, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx, params};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use serde_json::json;

use crate::audit::canonical::Canonical;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::{Action, Audit, AuditConfig, AuditError, Entry, Origin, head};

/// Links that one unit drops.
const BATCH: i64 = 1_000;

hanok_db::record! {
    /// A row of `audit_retention`: the links from `from_seq` to `until_seq` are dropped.
    #[derive(Clone, Debug)]
    pub(super) struct Dropped {
        pub(super) period: String,
        pub(super) from_seq: i64,
        pub(super) until_seq: i64,
        pub(super) mac: Vec<u8>,
        pub(super) at: Timestamp,
        pub(super) key_version: i64,
        pub(super) signature: Vec<u8>,
    }
}

const ALL: &str = const_format::concatcp!(
    "SELECT ",
    Dropped::COLUMNS,
    " FROM audit_retention ORDER BY from_seq"
);
const LAST: &str = const_format::concatcp!(
    "SELECT ",
    Dropped::COLUMNS,
    " FROM audit_retention ORDER BY until_seq DESC LIMIT 1"
);
const INSERT: &str = "INSERT INTO audit_retention (period, from_seq, until_seq, mac, at, key_version, signature) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// The dropped periods, one a month, in order of the chain.
pub(super) async fn periods(conn: &mut Conn) -> Result<Vec<Dropped>, DbError> {
    conn.all(ALL, params![]).await
}

/// The last dropped period.
pub(super) async fn last_period(conn: &mut Conn) -> Result<Option<Dropped>, DbError> {
    conn.optional(LAST, params![]).await
}

impl Dropped {
    fn canonical(&self) -> Canonical {
        Canonical::new("hanok audit retention 1")
            .text(Some(&self.period))
            .number(Some(self.from_seq))
            .number(Some(self.until_seq))
            .bytes(Some(&self.mac))
            .number(Some(self.at.micros()))
    }

    /// Whether this installation closed it.
    pub(super) fn is_signed(&self, keys: &KeyRing) -> bool {
        self.canonical()
            .is_signed(keys, self.key_version, &self.signature)
    }

    fn sign(mut self, keys: &KeyRing) -> Result<Self, AuditError> {
        self.signature = self.canonical().mac(keys, self.key_version)?.to_vec();
        Ok(self)
    }
}

/// Drops what is older than the trail is kept.
#[derive(Clone, Debug)]
pub struct Retention {
    keys: KeyRing,
    audit: Audit,
    years: u32,
}

impl Retention {
    /// Keeps `retention_years`; each period that goes is itself on the trail.
    pub const fn new(keys: KeyRing, audit: Audit, config: &AuditConfig) -> Self {
        Self {
            keys,
            audit,
            years: config.retention_years,
        }
    }

    /// Closes and drops every month that ended more than `retention_years` before `now`, and finishes
    /// what an earlier run left half done. Says how many rows were dropped.
    ///
    /// # Errors
    /// What the store answers; [`AuditError::ForgedPeriod`] where somebody else closed a period.
    pub async fn run_once(&self, db: &Db, now: Timestamp) -> Result<u64, AuditError> {
        let mut dropped = self.drop_closed(db).await?;
        let Some(limit) = months_end(now, self.years) else {
            return Ok(dropped);
        };
        while self.close_next(db, limit, now).await? {
            dropped += self.drop_closed(db).await?;
        }
        Ok(dropped)
    }

    async fn close_next(
        &self,
        db: &Db,
        limit: Timestamp,
        now: Timestamp,
    ) -> Result<bool, AuditError> {
        let parts = self.clone();
        db.write(async move |tx| parts.close(tx, limit, now).await)
            .await
    }

    /// Closes the oldest month that is left and ended by `limit`; says whether there was one.
    async fn close(
        &self,
        tx: &mut Tx,
        limit: Timestamp,
        now: Timestamp,
    ) -> Result<bool, AuditError> {
        // Two processes take turns.
        head::lock(tx).await?;
        let before = last_period(tx).await?.map_or(0, |period| period.until_seq);
        let Some((name, last)) = oldest_month(tx, before, limit).await? else {
            return Ok(false);
        };
        if !last.is_signed(&self.keys) {
            return Err(AuditError::ForgedPeriod(name));
        }
        let closed = Dropped {
            period: name,
            from_seq: before + 1,
            until_seq: last.seq,
            mac: last.mac,
            at: now,
            key_version: i64::from(self.keys.audit_version()),
            signature: Vec::new(),
        };
        let closed = closed.sign(&self.keys)?;
        insert(tx, &closed).await?;
        let rows = closed.until_seq - before;
        let told = json!({ "dropped_period": closed.period, "rows": rows });
        self.audit
            .record(
                tx,
                &Origin::system("audit.retain"),
                Entry::new(Action::AdminAction).details(told),
            )
            .await?;
        Ok(true)
    }

    /// Drops what closed periods still hold, oldest first, a thousand rows a unit.
    async fn drop_closed(&self, db: &Db) -> Result<u64, AuditError> {
        let mut dropped = 0;
        loop {
            let keys = self.keys.clone();
            match db.write(async move |tx| drop_some(tx, &keys).await).await? {
                0 => return Ok(dropped),
                rows => dropped += rows,
            }
        }
    }
}

async fn insert(tx: &mut Tx, closed: &Dropped) -> Result<(), DbError> {
    let values = params![
        closed.period,
        closed.from_seq,
        closed.until_seq,
        closed.mac,
        closed.at,
        closed.key_version,
        closed.signature,
    ];
    tx.execute(INSERT, values).await.map(|_| ())
}

const FIRST_AFTER: &str = const_format::concatcp!(
    "SELECT ",
    Checkpoint::COLUMNS,
    " FROM audit_checkpoint WHERE seq > $1 ORDER BY seq LIMIT 1"
);
const LAST_BEFORE: &str = const_format::concatcp!(
    "SELECT ",
    Checkpoint::COLUMNS,
    " FROM audit_checkpoint WHERE seq > $1 AND at < $2 ORDER BY seq DESC LIMIT 1"
);

/// The oldest month behind link `before` that ended by `limit`, and its last checkpoint.
async fn oldest_month(
    conn: &mut Conn,
    before: i64,
    limit: Timestamp,
) -> Result<Option<(String, Checkpoint)>, DbError> {
    let Some(first) = conn
        .optional::<Checkpoint>(FIRST_AFTER, params![before])
        .await?
    else {
        return Ok(None);
    };
    let month = first.at.local_date(&TimeZone::UTC).first_of_month();
    let Some(end) = start_of(month, 1.month()).filter(|end| *end <= limit) else {
        return Ok(None);
    };
    let last = conn
        .optional::<Checkpoint>(LAST_BEFORE, params![before, end])
        .await?;
    Ok(last.map(|last| (month.strftime("%Y-%m").to_string(), last)))
}

/// The start of the month that is now, so many years ago: what ended by then is old enough.
fn months_end(now: Timestamp, years: u32) -> Option<Timestamp> {
    let month = now.local_date(&TimeZone::UTC).first_of_month();
    start_of(month, Span::new().try_years(-i64::from(years)).ok()?)
}

fn start_of(month: Date, later: Span) -> Option<Timestamp> {
    let day = month
        .checked_add(later)
        .ok()?
        .to_zoned(TimeZone::UTC)
        .ok()?;
    Some(Timestamp::from_micros(day.timestamp().as_microsecond()))
}

const FIRST_LINK: &str = "SELECT MIN(seq) FROM audit_chain";
pub(super) const DROP_ORIGINS: &str = "DELETE FROM audit_origin WHERE audit_id IN (\
    SELECT audit_id FROM audit_chain WHERE seq BETWEEN $1 AND $2)";
pub(super) const DROP_ROWS: &str = "DELETE FROM audit_log WHERE id IN (\
    SELECT audit_id FROM audit_chain WHERE seq BETWEEN $1 AND $2)";
const DROP_LINKS: &str = "DELETE FROM audit_chain WHERE seq BETWEEN $1 AND $2";
const DROP_CHECKPOINTS: &str = "DELETE FROM audit_checkpoint WHERE seq BETWEEN $1 AND $2";

/// Drops up to [`BATCH`] links of closed periods with their rows; says how many rows went.
async fn drop_some(tx: &mut Tx, keys: &KeyRing) -> Result<u64, AuditError> {
    let first = tx.one::<Option<i64>>(FIRST_LINK, params![]).await?;
    let covering = periods(tx)
        .await?
        .into_iter()
        .find(|period| first.is_some_and(|first| first <= period.until_seq));
    let (Some(first), Some(period)) = (first, covering) else {
        return Ok(0);
    };
    if !period.is_signed(keys) {
        return Err(AuditError::ForgedPeriod(period.period));
    }
    let last = period.until_seq.min(first + BATCH - 1);
    tx.execute(DROP_ORIGINS, params![first, last]).await?;
    let rows = tx.execute(DROP_ROWS, params![first, last]).await?;
    tx.execute(DROP_LINKS, params![first, last]).await?;
    tx.execute(DROP_CHECKPOINTS, params![first, last]).await?;
    Ok(rows)
}
