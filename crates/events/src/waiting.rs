//! What waits one by one, for operators: events that are not sent, events that are set aside, and jobs.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use serde::Serialize;
use uuid::Uuid;

hanok_db::text_enum! {
    /// Where something waits.
    pub enum Item {
        /// In the outbox, for the bus.
        Event = "event",
        /// Set aside for one handler, because it failed or stands behind one that did.
        Retry = "retry",
        /// Among the jobs.
        Job = "job",
    }
}

hanok_db::record! {
    /// Something that waits. It shows nothing of what is in it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct Waiting {
        /// Where it waits.
        pub item: Item,
        /// The event's or the job's id.
        pub id: Uuid,
        /// The event's type, or the job's kind.
        pub kind: String,
        /// The handler it is set aside for.
        pub consumer: Option<String>,
        /// The event's key, or the job's lane.
        pub key: String,
        /// How often it was tried.
        pub tries: u32,
        /// Why the last try failed; absent where none has.
        pub last_error: Option<String>,
        /// When it is tried next.
        pub next_at: Timestamp,
        /// Since when it waits.
        pub since: Timestamp,
    }
}

const WAITING: &str = "\
SELECT 'event', event_id, event_type, CAST(NULL AS TEXT), event_key, attempts, last_error,
  CASE WHEN next_at > occurred_at THEN next_at ELSE occurred_at END, occurred_at AS since
FROM outbox WHERE sent_at IS NULL AND (last_error IS NOT NULL OR $1 = 0)
UNION ALL
SELECT 'retry', event_id, event_type, consumer, event_key, attempts, last_error, next_at, occurred_at
FROM event_retry WHERE last_error IS NOT NULL OR $1 = 0
UNION ALL
SELECT 'job', id, kind, CAST(NULL AS TEXT), lane, attempts, last_error, run_at, created_at
FROM job WHERE last_error IS NOT NULL OR $1 = 0
ORDER BY since LIMIT $2";

/// What waits, the longest first; with `failing` only what has failed at least once. It may walk many rows: call it in
/// a report.
pub async fn waiting(conn: &mut Conn, failing: bool, limit: u32) -> Result<Vec<Waiting>, DbError> {
    conn.all(WAITING, params![i64::from(failing), limit]).await
}
