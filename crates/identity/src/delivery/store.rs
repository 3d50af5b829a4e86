//! What of `callback_delivery` and `callback_attempt` those see who look after a provider.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::paging::Key;
use hanok_db::{Conn, DbError, Page, PageRequest, Tx, params, record};
use hanok_events::JobId;
use uuid::Uuid;

use crate::callback::{DeliveryId, DeliveryState, PERSON_ERASED};
use crate::provider::ProviderId;
use crate::transaction::{Status, TransactionId};

/// A list is counted this far and no further.
pub(super) const COUNTED: u64 = 10_000;

record! {
    /// A delivery, without the code.
    #[derive(Clone, Debug)]
    pub(super) struct DeliveryRow from "d" {
        pub(super) id: DeliveryId,
        pub(super) transaction_id: TransactionId,
        pub(super) state: DeliveryState,
        pub(super) created_at: Timestamp,
        pub(super) attempts: i64,
        pub(super) delivered_at: Option<Timestamp>,
        pub(super) last_status: Option<i64>,
        pub(super) last_error: Option<String>,
        /// How the request ended.
        pub(super) outcome: Status = "(SELECT t.status FROM auth_transaction t WHERE t.id = d.transaction_id)",
    }
}

record! {
    /// One attempt: a status, or why there was none.
    #[derive(Clone, Debug)]
    pub(super) struct AttemptRow {
        pub(super) at: Timestamp,
        pub(super) milliseconds: i64,
        pub(super) status: Option<i64>,
        pub(super) error: Option<String>,
    }
}

const SELECT: &str = concatcp!("SELECT ", DeliveryRow::COLUMNS, " FROM callback_delivery d");

/// The statements of one filter: `$1` the provider; `$2` and `$3` the place to go on from, `$4` how many.
pub(super) struct Texts {
    pub(super) count: &'static str,
    pub(super) older: &'static str,
    pub(super) newer: &'static str,
}

macro_rules! texts {
    ($filter:literal) => {
        Texts {
            count: concatcp!(
                "SELECT COUNT(*) FROM (SELECT 1 FROM callback_delivery d WHERE d.provider_id = $1",
                $filter,
                " LIMIT $2) k"
            ),
            older: concatcp!(
                SELECT,
                " WHERE d.provider_id = $1 AND (d.created_at, d.id) < ($2, $3)",
                $filter,
                " ORDER BY d.created_at DESC, d.id DESC LIMIT $4"
            ),
            newer: concatcp!(
                SELECT,
                " WHERE d.provider_id = $1 AND (d.created_at, d.id) > ($2, $3)",
                $filter,
                " ORDER BY d.created_at, d.id LIMIT $4"
            ),
        }
    };
}

const ALL: Texts = texts!("");
const HELD: Texts = texts!(" AND d.state = 'HELD'");
const QUEUED: Texts = texts!(" AND d.state = 'QUEUED'");
const DELIVERED: Texts = texts!(" AND d.state = 'DELIVERED'");
const DEAD: Texts = texts!(" AND d.state = 'DEAD'");

pub(super) const fn of_state(state: Option<DeliveryState>) -> &'static Texts {
    match state {
        None => &ALL,
        Some(DeliveryState::Held) => &HELD,
        Some(DeliveryState::Queued) => &QUEUED,
        Some(DeliveryState::Delivered) => &DELIVERED,
        Some(DeliveryState::Dead) => &DEAD,
    }
}

/// How many there are, counted up to one more than [`COUNTED`].
pub(super) async fn count(
    conn: &mut Conn,
    provider: ProviderId,
    state: Option<DeliveryState>,
) -> Result<u64, DbError> {
    let most = i64::try_from(COUNTED + 1).unwrap_or(i64::MAX);
    let count: i64 = conn
        .one(of_state(state).count, params![provider, most])
        .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// A page of them, the newest first.
pub(super) async fn page(
    conn: &mut Conn,
    provider: ProviderId,
    state: Option<DeliveryState>,
    request: &PageRequest,
) -> Result<Page<DeliveryRow>, DbError> {
    let texts = of_state(state);
    let (sql, end) = if request.is_backwards() {
        (texts.newer, i64::MIN)
    } else {
        (texts.older, i64::MAX)
    };
    let (at, id) = match request.cursor().map(|cursor| (&cursor.key, cursor.id)) {
        Some((Key::Number(at), id)) => (*at, id),
        _ => (end, Uuid::max()),
    };
    let most = request.rows();
    let values = params![provider, at, id, most];
    let rows: Vec<DeliveryRow> = conn.all(sql, values).await?;
    Ok(Page::new(request, rows, |row: &DeliveryRow| {
        (Key::Number(row.created_at.micros()), row.id.uuid())
    }))
}

/// A delivery of this provider.
pub(super) async fn find(
    conn: &mut Conn,
    provider: ProviderId,
    id: DeliveryId,
) -> Result<Option<DeliveryRow>, DbError> {
    const SQL: &str = concatcp!(SELECT, " WHERE d.id = $1 AND d.provider_id = $2");
    conn.optional(SQL, params![id, provider]).await
}

/// The attempts of a delivery, in order; a day of retries is about forty.
pub(super) async fn attempts(
    conn: &mut Conn,
    delivery: DeliveryId,
) -> Result<Vec<AttemptRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        AttemptRow::COLUMNS,
        " FROM callback_attempt WHERE delivery_id = $1 ORDER BY at LIMIT 200"
    );
    conn.all(SQL, params![delivery]).await
}

/// How many deliveries of a provider were given up and can be told again.
pub(super) async fn dead(conn: &mut Conn, provider: ProviderId) -> Result<u64, DbError> {
    const SQL: &str = concatcp!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM callback_delivery d WHERE d.provider_id = $1 AND d.state = 'DEAD' \
        AND d.last_error IS DISTINCT FROM '",
        PERSON_ERASED,
        "' LIMIT $2) k"
    );
    let most = i64::try_from(COUNTED + 1).unwrap_or(i64::MAX);
    let count: i64 = conn.one(SQL, params![provider, most]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// A delivery that would tell who the person of an erased account was.
const OF_ERASED: &str = "EXISTS (SELECT 1 FROM auth_transaction t \
    JOIN account_closing c ON c.account_id = t.account_id AND c.erased_at IS NOT NULL \
    WHERE t.id = callback_delivery.transaction_id AND t.status = 'COMPLETED')";

/// Whether a delivery was given up and is never told again: its person is erased.
pub(super) async fn is_of_erased(conn: &mut Conn, id: DeliveryId) -> Result<bool, DbError> {
    const SQL: &str = concatcp!(
        "SELECT id FROM callback_delivery WHERE id = $1 AND state = 'DEAD' AND ",
        OF_ERASED
    );
    let found: Option<(DeliveryId,)> = conn.optional(SQL, params![id]).await?;
    Ok(found.is_some())
}

/// What a revived delivery is told by: its id and the job that lies among the dead letters.
pub(super) type Revived = (DeliveryId, Option<JobId>);

/// DEAD → QUEUED; `None` where it is not dead, not this provider's, or of an erased person.
pub(super) async fn revive(
    tx: &mut Tx,
    provider: ProviderId,
    id: DeliveryId,
) -> Result<Option<Revived>, DbError> {
    const SQL: &str = concatcp!(
        "UPDATE callback_delivery SET state = 'QUEUED' \
        WHERE id = $1 AND provider_id = $2 AND state = 'DEAD' AND NOT ",
        OF_ERASED,
        " RETURNING id, dead_job"
    );
    tx.optional(SQL, params![id, provider]).await
}

/// The same for the oldest dead ones of a provider, at most `most`.
pub(super) async fn revive_some(
    tx: &mut Tx,
    provider: ProviderId,
    most: u32,
) -> Result<Vec<Revived>, DbError> {
    const SQL: &str = concatcp!(
        "UPDATE callback_delivery SET state = 'QUEUED' WHERE id IN (\
        SELECT id FROM callback_delivery WHERE provider_id = $1 AND state = 'DEAD' AND NOT ",
        OF_ERASED,
        " ORDER BY created_at LIMIT $2) RETURNING id, dead_job"
    );
    tx.all(SQL, params![provider, most]).await
}

#[cfg(test)]
mod plans;
