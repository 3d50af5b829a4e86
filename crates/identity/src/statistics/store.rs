//! The rows of `service_provider_statistics`, and the requests that they are counted from.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use crate::day::Day;
use crate::provider::{OWN, ProviderId};
use crate::tally::{COUNTED, Counts};

/// The newest day that was filled in its turn.
pub(super) async fn newest_day(conn: &mut Conn) -> Result<Option<String>, DbError> {
    const SQL: &str = "SELECT newest_date FROM service_provider_statistics_progress";
    conn.optional(SQL, params![]).await
}

/// Says that the days are filled up to this one; whether they were not before.
pub(super) async fn advance(tx: &mut Tx, date: &str) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO service_provider_statistics_progress (id, newest_date) VALUES (1, $1) \
        ON CONFLICT (id) DO UPDATE SET newest_date = excluded.newest_date \
        WHERE excluded.newest_date > service_provider_statistics_progress.newest_date";
    Ok(tx.execute(SQL, params![date]).await? > 0)
}

/// Whether something is kept of this day.
pub(super) async fn is_kept(tx: &mut Tx, date: &str) -> Result<bool, DbError> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM service_provider_statistics WHERE date = $1)";
    tx.one(SQL, params![date]).await
}

/// The first request of each provider is the first of its index.
const FIRST_REQUEST: &str = "SELECT MIN((SELECT MIN(t.created_at) FROM auth_transaction t \
    WHERE t.provider_id = p.id)) FROM service_provider p WHERE p.id <> $1";

/// When the first request was made that is still known, of all but Hanok's own.
pub(super) async fn first_request(conn: &mut Conn) -> Result<Option<Timestamp>, DbError> {
    conn.one(FIRST_REQUEST, params![OWN]).await
}

const KEPT: &str = "c.requests, c.completed, c.failed, c.expired, c.micros";

const OF_ALL: &str = concatcp!(
    "SELECT p.id, COALESCE(c.requests, 0), COALESCE(c.completed, 0), COALESCE(c.failed, 0), \
    COALESCE(c.expired, 0), COALESCE(c.micros, 0) FROM service_provider p LEFT JOIN (SELECT t.provider_id, ",
    COUNTED,
    " FROM auth_transaction t WHERE t.created_at >= $1 AND t.created_at < $2 GROUP BY t.provider_id) c \
    ON c.provider_id = p.id WHERE p.id <> $3"
);

/// What became of a day's requests, for every provider but Hanok itself.
pub(super) async fn count_day(
    conn: &mut Conn,
    day: &Day,
) -> Result<Vec<(ProviderId, Counts)>, DbError> {
    conn.all(OF_ALL, params![day.from, day.until, OWN]).await
}

const OF_ONE: &str = concatcp!(
    "SELECT ",
    KEPT,
    " FROM (SELECT ",
    COUNTED,
    " FROM auth_transaction t WHERE t.provider_id = $3 AND t.created_at >= $1 AND t.created_at < $2) c"
);

/// What became of one provider's requests of a day.
pub(super) async fn count_of(
    conn: &mut Conn,
    provider: ProviderId,
    day: &Day,
) -> Result<Counts, DbError> {
    conn.one(OF_ONE, params![day.from, day.until, provider])
        .await
}

/// The days from `oldest` on (`YYYY-MM-DD`) that were filled, for one provider.
pub(super) async fn filled(
    conn: &mut Conn,
    provider: ProviderId,
    oldest: &str,
) -> Result<Vec<(String, Counts)>, DbError> {
    const SQL: &str = "SELECT date, total_requests, completed, failed, expired, processing_micros \
        FROM service_provider_statistics WHERE provider_id = $1 AND date >= $2";
    conn.all(SQL, params![provider, oldest]).await
}

/// Keeps what was counted. Where more were counted before, requests have been deleted since: that stays.
pub(super) async fn keep(
    tx: &mut Tx,
    provider: ProviderId,
    date: &str,
    counts: Counts,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO service_provider_statistics \
        (provider_id, date, total_requests, completed, failed, expired, processing_micros, filled_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (provider_id, date) DO UPDATE SET \
        total_requests = excluded.total_requests, completed = excluded.completed, failed = excluded.failed, \
        expired = excluded.expired, processing_micros = excluded.processing_micros, filled_at = excluded.filled_at \
        WHERE excluded.total_requests >= service_provider_statistics.total_requests";
    let values = params![
        provider,
        date,
        counts.requests,
        counts.completed,
        counts.failed,
        counts.expired,
        counts.micros,
        now
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// What is asked of the requests.
#[cfg(test)]
pub(crate) const QUESTIONS: [&str; 2] = [OF_ALL, OF_ONE];
