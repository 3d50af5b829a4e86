//! Table `event_retry`: events set aside for one consumer, each with those of its key behind it.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use crate::event::{EventId, Received};
use crate::text::shortened;

hanok_db::record! {
    /// What is known of an event that was set aside, besides the event.
    #[derive(Debug, Clone)]
    pub(crate) struct SetAside {
        pub(crate) serial: i64,
        pub(crate) consumer: String,
        pub(crate) attempts: u32,
    }
}

const DUE: &str = concatcp!(
    "SELECT ",
    SetAside::COLUMNS,
    ", ",
    Received::COLUMNS,
    " FROM event_retry \
     WHERE next_at <= $1 AND NOT EXISTS (\
       SELECT 1 FROM event_retry e WHERE e.consumer = event_retry.consumer \
       AND e.event_key = event_retry.event_key AND e.serial < event_retry.serial) \
     ORDER BY next_at, serial LIMIT $2"
);

/// The first event of each consumer and key, where it is due.
pub(crate) async fn due(
    conn: &mut Conn,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(SetAside, Received)>, DbError> {
    conn.all(DUE, params![now, limit]).await
}

const TAKE: &str = "DELETE FROM event_retry WHERE serial = $1";

/// Takes a row out; false if somebody else has.
pub(crate) async fn take(tx: &mut Tx, serial: i64) -> Result<bool, DbError> {
    Ok(tx.execute(TAKE, params![serial]).await? > 0)
}

const IS_PROCESSED: &str =
    "SELECT CAST(1 AS BIGINT) FROM processed WHERE consumer = $1 AND event_id = $2";

/// Whether the consumer has handled the event.
pub(crate) async fn is_processed(
    conn: &mut Conn,
    consumer: &str,
    event: EventId,
) -> Result<bool, DbError> {
    Ok(conn
        .optional::<i64>(IS_PROCESSED, params![consumer, event])
        .await?
        .is_some())
}

/// An event that is to be tried again.
pub(crate) struct PutOff<'a> {
    pub(crate) consumer: &'a str,
    pub(crate) event: &'a Received,
    pub(crate) attempts: u32,
    pub(crate) next_at: Timestamp,
    pub(crate) error: &'a str,
}

const INSERT: &str = "INSERT INTO event_retry (consumer, event_id, topic, event_key, event_type, \
     version, payload, occurred_at, attempts, next_at, last_error) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (consumer, event_id) ";
const PUT_OFF: &str = concatcp!(
    INSERT,
    "DO UPDATE SET attempts = excluded.attempts, next_at = excluded.next_at, \
             last_error = excluded.last_error"
);
const LINE_UP: &str = concatcp!(INSERT, "DO NOTHING");

/// Writes down when an event is to be tried again. It keeps its place in its key's line.
pub(crate) async fn put_off(tx: &mut Tx, row: PutOff<'_>) -> Result<(), DbError> {
    insert(tx, PUT_OFF, &row).await
}

/// Puts an event that was not handled yet at the end of its key's line, due at once.
pub(crate) async fn line_up(
    tx: &mut Tx,
    consumer: &str,
    event: &Received,
    now: Timestamp,
) -> Result<(), DbError> {
    if is_processed(tx, consumer, event.event_id).await? {
        return Ok(());
    }
    insert(
        tx,
        LINE_UP,
        &PutOff {
            consumer,
            event,
            attempts: 0,
            next_at: now,
            error: "",
        },
    )
    .await
}

async fn insert(tx: &mut Tx, statement: &str, row: &PutOff<'_>) -> Result<(), DbError> {
    let event = row.event;
    let error = (!row.error.is_empty()).then(|| shortened(row.error));
    let values = params![
        row.consumer,
        event.event_id,
        event.topic,
        event.key,
        event.event_type,
        event.version,
        event.payload,
        event.occurred_at,
        row.attempts,
        row.next_at,
        error,
    ];
    tx.execute(statement, values).await?;
    Ok(())
}

const FORGET: &str = "DELETE FROM event_retry WHERE consumer = $1 AND event_id = $2";

/// Takes an event out of its line.
pub(crate) async fn forget(tx: &mut Tx, consumer: &str, event: EventId) -> Result<(), DbError> {
    tx.execute(FORGET, params![consumer, event]).await?;
    Ok(())
}
