//! What waits: for operators and for the health check.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use serde::Serialize;

use crate::event::Topic;

hanok_db::record! {
    /// Events of one stream that are not handed on yet.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct TopicBacklog {
        /// The stream.
        pub topic: Topic,
        /// How many wait.
        pub waiting: i64 = "COUNT(*)",
        /// When the oldest of them was published.
        pub oldest_at: Timestamp = "MIN(occurred_at)",
    }
}

/// All that waits at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Events in the outbox, by stream; streams without any are left out.
    pub outbox: Vec<TopicBacklog>,
    /// Events that are set aside for one handler, because it failed or they are behind one that did.
    pub retries: i64,
    /// Jobs that are due or under way.
    pub jobs_due: i64,
    /// Jobs that are due later.
    pub jobs_later: i64,
    /// Events and jobs that were given up.
    pub dead_letters: i64,
}

impl Backlog {
    /// How many events wait in the outbox.
    pub fn waiting(&self) -> i64 {
        self.outbox.iter().map(|topic| topic.waiting).sum()
    }

    /// When the oldest event that waits in the outbox was published.
    pub fn oldest_at(&self) -> Option<Timestamp> {
        self.outbox.iter().map(|topic| topic.oldest_at).min()
    }
}

const OUTBOX: &str = const_format::concatcp!(
    "SELECT ",
    TopicBacklog::COLUMNS,
    " FROM outbox WHERE sent_at IS NULL GROUP BY topic ORDER BY topic"
);
const REST: &str = "SELECT (SELECT COUNT(*) FROM event_retry), \
     (SELECT COUNT(*) FROM job WHERE run_at <= $1), (SELECT COUNT(*) FROM job WHERE run_at > $1), \
     (SELECT COUNT(*) FROM dead_letter)";

/// Counts what waits at `now`. It may walk many rows: call it in a report.
pub async fn backlog(conn: &mut Conn, now: Timestamp) -> Result<Backlog, DbError> {
    let outbox = conn.all(OUTBOX, params![]).await?;
    let (retries, jobs_due, jobs_later, dead_letters) = conn.one(REST, params![now]).await?;
    Ok(Backlog {
        outbox,
        retries,
        jobs_due,
        jobs_later,
        dead_letters,
    })
}
