//! What of `auth_transaction` a person may read of their own, and what was told of it.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Param, Value, params, record};

use super::rules::{Filter, Span};
use crate::provider::ProviderId;
use crate::transaction::{FailureReason, Status, TransactionId};

record! {
    /// A request, as the person it was about sees it.
    #[derive(Clone, Debug)]
    pub(super) struct RequestRow from "t" {
        pub(super) id: TransactionId,
        pub(super) provider_id: ProviderId,
        pub(super) provider_name: String = "p.name",
        pub(super) status: Status,
        pub(super) failure_reason: Option<FailureReason>,
        pub(super) created_at: Timestamp,
        pub(super) expires_at: Timestamp,
        pub(super) ended_at: Option<Timestamp>,
        pub(super) binding_message: Option<String>,
        pub(super) attempts: i64,
    }
}

record! {
    /// A provider that asked the person at least once.
    #[derive(Clone, Debug)]
    pub(super) struct MetRow from "p" {
        pub(super) id: ProviderId,
        pub(super) name: String,
    }
}

/// The statements of one filter by state. `$1` account, `$2` to `$5` the span, `$6` and `$7` the provider;
/// then now, where the state needs it; then, but for the count, how many rows to read and to pass over.
struct Texts {
    count: &'static str,
    newest_first: &'static str,
    oldest_first: &'static str,
    needs_now: bool,
}

/// Of the index alone: the ids between two places, of one provider or of all.
const OWN: &str = "SELECT id, created_at FROM auth_transaction WHERE account_id = $1 \
    AND (created_at, id) > ($2, $3) AND (created_at, id) < ($4, $5) AND ($6 OR provider_id = $7)";

const ROWS: &str = concatcp!("SELECT ", RequestRow::COLUMNS, " FROM (");

const OF_IDS: &str =
    ") k JOIN auth_transaction t ON t.id = k.id JOIN service_provider p ON p.id = t.provider_id";

macro_rules! texts {
    ($ids:expr, $part:literal, $needs_now:literal) => {
        Texts {
            count: concatcp!("SELECT COUNT(*) FROM (", $ids, ") k"),
            newest_first: concatcp!(
                ROWS,
                $ids,
                " ORDER BY created_at DESC, id DESC ",
                $part,
                OF_IDS
            ),
            oldest_first: concatcp!(ROWS, $ids, " ORDER BY created_at, id ", $part, OF_IDS),
            needs_now: $needs_now,
        }
    };
}

const OVERDUE: &str = concatcp!(OWN, " AND status = 'PENDING' AND expires_at <= $8");

const ALL: Texts = texts!(OWN, "LIMIT $8 OFFSET $9", false);
const PENDING: Texts = texts!(
    concatcp!(OWN, " AND status = 'PENDING' AND expires_at > $8"),
    "LIMIT $9 OFFSET $10",
    true
);
const COMPLETED: Texts = texts!(
    concatcp!(OWN, " AND status = 'COMPLETED'"),
    "LIMIT $8 OFFSET $9",
    false
);
const FAILED: Texts = texts!(
    concatcp!(OWN, " AND status = 'FAILED'"),
    "LIMIT $8 OFFSET $9",
    false
);
// Written down or not: the two are merged in the order of their indexes.
const EXPIRED: Texts = texts!(
    concatcp!(OWN, " AND status = 'EXPIRED' UNION ALL ", OVERDUE),
    "LIMIT $9 OFFSET $10",
    true
);

/// What is wanted of whom, at which moment.
pub(super) struct Wanted<'a> {
    pub(super) account: AccountId,
    pub(super) filter: &'a Filter,
    pub(super) span: Span,
    pub(super) now: Timestamp,
}

impl Wanted<'_> {
    const fn texts(&self) -> &'static Texts {
        match self.filter.state {
            None => &ALL,
            Some(Status::Pending) => &PENDING,
            Some(Status::Completed) => &COMPLETED,
            Some(Status::Failed) => &FAILED,
            Some(Status::Expired) => &EXPIRED,
        }
    }

    fn values(&self) -> Vec<Value<'_>> {
        let Span { after, before } = self.span;
        let mut values = vec![
            self.account.value(),
            Value::I64(after.0),
            Value::Uuid(after.1),
            Value::I64(before.0),
            Value::Uuid(before.1),
            Value::Bool(self.filter.provider.is_none()),
            self.filter
                .provider
                .as_ref()
                .map_or(Value::Null, Param::value),
        ];
        if self.texts().needs_now {
            values.push(Value::I64(self.now.micros()));
        }
        values
    }
}

/// How many there are.
pub(super) async fn count(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<u64, DbError> {
    let count: i64 = conn.one(wanted.texts().count, &wanted.values()).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// At most `most` after passing over `skip`, in the order of reading: the newest first, or the oldest.
pub(super) async fn rows(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    oldest_first: bool,
    (most, skip): (u32, u32),
) -> Result<Vec<RequestRow>, DbError> {
    let texts = wanted.texts();
    let sql = if oldest_first {
        texts.oldest_first
    } else {
        texts.newest_first
    };
    let mut values = wanted.values();
    values.extend([most, skip].map(|number| Value::I64(i64::from(number))));
    let mut rows: Vec<RequestRow> = conn.all(sql, &values).await?;
    // A join keeps no order, and these are few.
    rows.sort_by_key(|row| (row.created_at, row.id.uuid()));
    if !oldest_first {
        rows.reverse();
    }
    Ok(rows)
}

const MET: &str = concatcp!(
    "SELECT ",
    MetRow::COLUMNS,
    " FROM service_provider p WHERE p.id IN \
    (SELECT provider_id FROM auth_transaction WHERE account_id = $1) ORDER BY p.name, p.id LIMIT 200"
);

/// The providers that asked the person, by name.
pub(super) async fn met(conn: &mut Conn, account: AccountId) -> Result<Vec<MetRow>, DbError> {
    conn.all(MET, params![account]).await
}

#[cfg(test)]
mod plans;
