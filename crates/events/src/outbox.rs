//! The outbox: events wait here, in the unit that made them, until the relay has handed them on.

use std::collections::HashSet;

use const_format::concatcp;
use hanok_base::{Clock, Random, Timestamp};
use hanok_db::{Conn, DbError, Tx, Value, params};

use crate::event::{Event, EventId, Received};
use crate::text::shortened;
use crate::wake::Wake;

/// Publishes events. Cloning shares the sources.
#[derive(Clone, Debug)]
pub struct Outbox {
    clock: Clock,
    random: Random,
    wake: Wake,
}

impl Outbox {
    /// An outbox whose relay is roused by `wake`.
    pub fn new(clock: Clock, random: Random, wake: &Wake) -> Self {
        Self {
            clock,
            random,
            wake: wake.clone(),
        }
    }

    /// Writes `event` into the unit: it is sent if and only if the unit commits. Change the aggregate's
    /// row first, then publish, so that the order of its events is the order of its changes.
    pub async fn publish<E: Event>(&self, tx: &mut Tx, event: &E) -> Result<EventId, DbError> {
        let id = EventId::new(&self.clock, &self.random);
        let payload = serde_json::to_string(event)
            .map_err(|fault| DbError::Other(format!("{} is no JSON: {fault}", E::TYPE)))?;
        let (key, now) = (event.key(), self.clock.now());
        let values = params![id, E::TOPIC, key, E::TYPE, E::VERSION, payload, now];
        tx.execute(PUBLISH, values).await?;
        let wake = self.wake.clone();
        tx.after_commit(move || wake.outbox_filled());
        Ok(id)
    }
}

const PUBLISH: &str = "INSERT INTO outbox (event_id, topic, event_key, event_type, version, payload, occurred_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

hanok_db::record! {
    /// A row that is not handed on yet.
    #[derive(Debug)]
    pub(crate) struct Waiting {
        pub(crate) serial: i64,
        pub(crate) attempts: u32,
    }
}

const WAITING: &str = concatcp!(
    "SELECT ",
    Waiting::COLUMNS,
    ", ",
    Received::COLUMNS,
    " FROM outbox \
     WHERE sent_at IS NULL AND next_at <= $1 AND NOT EXISTS (\
       SELECT 1 FROM outbox f WHERE f.event_key = outbox.event_key AND f.serial < outbox.serial \
       AND f.sent_at IS NULL AND f.attempts > 0 AND f.next_at > $1) \
     ORDER BY serial LIMIT $2"
);

/// The next rows in the order of their serials, without those behind one of their key that must wait.
pub(crate) async fn waiting(
    conn: &mut Conn,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(Waiting, Received)>, DbError> {
    conn.all(WAITING, params![now, limit]).await
}

/// What became of a batch: what is to be marked as sent, and what is to be tried again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) sent: Vec<i64>,
    pub(crate) failed: Vec<(i64, String)>,
}

/// Per key only the longest successful prefix counts as sent: a later event that went through is sent
/// again after the one that failed, so that the last word about an aggregate is the newest.
pub(crate) fn marks<'a>(
    rows: impl IntoIterator<Item = (i64, &'a str, Result<(), String>)>,
) -> Marks {
    let mut marks = Marks::default();
    let mut broken = HashSet::new();
    for (serial, key, result) in rows {
        if broken.contains(key) {
            continue;
        }
        match result {
            Ok(()) => marks.sent.push(serial),
            Err(error) => {
                broken.insert(key);
                marks.failed.push((serial, error));
            }
        }
    }
    marks
}

/// Marks rows as sent. Statements come in three lengths only, so that each stays prepared; the last
/// serial fills what is left.
pub(crate) async fn mark_sent(tx: &mut Tx, serials: &[i64], now: Timestamp) -> Result<(), DbError> {
    let mut rest = serials;
    while let Some(last) = rest.last() {
        let (statement, length) = match rest.len() {
            1 => (SENT_1, 1),
            2..=8 => (SENT_8, 8),
            _ => (SENT_64, 64),
        };
        let (chunk, later) = rest.split_at(rest.len().min(length));
        let fill = std::iter::repeat_n(last, length - chunk.len());
        let mut values = vec![Value::I64(now.micros())];
        values.extend(chunk.iter().chain(fill).map(|serial| Value::I64(*serial)));
        tx.execute(statement, &values).await?;
        rest = later;
    }
    Ok(())
}

const SENT: &str = "UPDATE outbox SET sent_at = $1 WHERE serial IN (";
const SENT_1: &str = concatcp!(SENT, "$2)");
const EIGHT: &str = "$2, $3, $4, $5, $6, $7, $8, $9";
const SENT_8: &str = concatcp!(SENT, EIGHT, ")");
const SENT_64: &str = concatcp!(
    SENT,
    EIGHT,
    ", $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, \
    $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, \
    $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, \
    $64, $65)"
);

const FAILED: &str = "UPDATE outbox SET attempts = attempts + 1, next_at = $2, last_error = $3 \
                      WHERE serial = $1 AND sent_at IS NULL";

/// Puts a row off until `next_at`, and with it the later ones of its key.
pub(crate) async fn mark_failed(
    tx: &mut Tx,
    serial: i64,
    next_at: Timestamp,
    error: &str,
) -> Result<(), DbError> {
    tx.execute(FAILED, params![serial, next_at, shortened(error)])
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_longest_successful_prefix_of_a_key_is_sent() {
        let fault = || Err("no".to_owned());
        let rows = [
            (1, "a", Ok(())),
            (2, "b", fault()),
            (3, "a", fault()),
            (4, "b", Ok(())),
            (5, "c", Ok(())),
            (6, "a", Ok(())),
        ];
        let failed = vec![(2, "no".to_owned()), (3, "no".to_owned())];
        assert_eq!(
            marks(rows),
            Marks {
                sent: vec![1, 5],
                failed
            }
        );
    }
}
