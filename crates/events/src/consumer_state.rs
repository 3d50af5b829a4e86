//! How each handler stands, for operators.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use serde::Serialize;

hanok_db::record! {
    /// A handler of events, as the store knows it: one that has neither handled nor failed is not known.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct ConsumerState {
        /// Its name.
        pub consumer: String,
        /// When it handled the newest event that it has handled; absent where that is forgotten.
        pub handled_at: Option<Timestamp>,
        /// Events that are set aside for it.
        pub set_aside: i64,
        /// Events that were given up for it.
        pub dead_letters: i64,
    }
}

/// The names are found by hopping from one to the next in the key's index: `processed` holds a week of events.
const STATES: &str = "\
WITH RECURSIVE known (consumer) AS (
  SELECT MIN(consumer) FROM processed
  UNION ALL
  SELECT (SELECT MIN(p.consumer) FROM processed p WHERE p.consumer > known.consumer)
  FROM known WHERE known.consumer IS NOT NULL
), named (consumer) AS (
  SELECT consumer FROM known WHERE consumer IS NOT NULL
  UNION SELECT consumer FROM event_retry
  UNION SELECT consumer FROM dead_letter WHERE source = 'event'
)
SELECT n.consumer,
  (SELECT p.handled_at FROM processed p WHERE p.consumer = n.consumer ORDER BY p.event_id DESC LIMIT 1),
  (SELECT COUNT(*) FROM event_retry r WHERE r.consumer = n.consumer),
  (SELECT COUNT(*) FROM dead_letter d WHERE d.consumer = n.consumer AND d.source = 'event')
FROM named n ORDER BY n.consumer";

/// How each handler stands, by name; one statement. It may walk many rows where much has failed: call it in a report.
pub async fn consumer_states(conn: &mut Conn) -> Result<Vec<ConsumerState>, DbError> {
    conn.all(STATES, params![]).await
}
