//! Removing what is no longer needed: events long sent, and the memory of having handled them.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Db, DbError, Tx, params};
use uuid::{Builder, Uuid};

use crate::config::EventsConfig;
use crate::schedule::Schedule;

/// Removes old rows every hour.
pub(crate) fn schedule(db: Db, config: &EventsConfig, consumers: Vec<&'static str>) -> Schedule {
    let (outbox, processed) = (config.outbox(), config.processed());
    let consumers: Arc<[&'static str]> = consumers.into();
    let run = Arc::new(move |now: Timestamp| {
        let (db, consumers) = (db.clone(), Arc::clone(&consumers));
        let (sent_before, handled_before) = (now.minus(outbox), now.minus(processed));
        let work = async move { clean(&db, &consumers, sent_before, handled_before).await };
        Box::pin(async move { work.await.map_err(|error| error.to_string()) }) as _
    });
    Schedule {
        name: "events.cleanup",
        every: Duration::from_hours(1),
        run,
    }
}

/// Most rows of one unit: the store has one writer, and others are waiting.
const AT_ONCE: u32 = 1_000;

// Serials come in order of time, so the oldest thousand rows hold what can go; rows that never get sent
// stay and are seen in the backlog.
const SENT: &str = "DELETE FROM outbox WHERE serial IN (\
     SELECT o.serial FROM (SELECT serial, sent_at FROM outbox ORDER BY serial LIMIT $2) o \
     WHERE o.sent_at < $1)";
// Ids of events begin with the time they were made at, and none is handled before: of the oldest those go that were
// handled as long ago. One that is not marked as sent will be sent once more.
const PROCESSED: &str = "DELETE FROM processed WHERE consumer = $1 AND event_id IN (\
     SELECT p.event_id FROM processed p WHERE p.consumer = $1 AND p.event_id < $2 AND p.handled_at < $4 \
     AND p.event_id NOT IN (SELECT o.event_id FROM outbox o WHERE o.sent_at IS NULL) \
     ORDER BY p.event_id LIMIT $3)";

async fn clean(
    db: &Db,
    consumers: &[&'static str],
    sent_before: Timestamp,
    handled_before: Timestamp,
) -> Result<(), DbError> {
    let sent = async move |tx: &mut Tx| tx.execute(SENT, params![sent_before, AT_ONCE]).await;
    while db.write::<_, DbError, _>(sent).await? > 0 {}
    let before = first_id_at(handled_before);
    for consumer in consumers {
        let consumer = *consumer;
        let processed = async move |tx: &mut Tx| {
            tx.execute(
                PROCESSED,
                params![consumer, before, AT_ONCE, handled_before],
            )
            .await
        };
        while db.write::<_, DbError, _>(processed).await? > 0 {}
    }
    Ok(())
}

/// No id made at `at` or later is smaller.
fn first_id_at(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.micros() / 1_000).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}
