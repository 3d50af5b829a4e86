//! Forgetting what events said of somebody who is erased.

use hanok_db::{DbError, Tx, params};

use crate::event::Topic;

const COPIES: [&str; 3] = [
    "DELETE FROM outbox WHERE topic = $1 AND event_key = $2",
    "DELETE FROM event_retry WHERE topic = $1 AND event_key = $2",
    "DELETE FROM dead_letter WHERE source = 'event' AND topic = $1 AND item_key = $2",
];

/// Takes every event with this key of a topic out of the store, whether it was sent, waits or was given up. What brokers
/// have of it they keep as long as they keep everything.
///
/// # Errors
/// As any statement.
pub async fn forget(tx: &mut Tx, topic: Topic, key: &str) -> Result<(), DbError> {
    for copies in COPIES {
        tx.execute(copies, params![topic, key]).await?;
    }
    Ok(())
}
