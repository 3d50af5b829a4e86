//! Dead letters: events and jobs that were given up, kept until a person replays them.

use const_format::concatcp;
use hanok_base::{Clock, Id, Random, Timestamp};
use hanok_db::{Conn, DbError, Tx, params};
use serde::Serialize;
use uuid::Uuid;

use crate::event::{EventId, Received, Topic};
use crate::jobs::{Job, JobId, store as job_store};
use crate::remote::Foreign;
use crate::retry;
use crate::text::shortened;

/// The id of a dead letter. Later ones are greater.
pub type DeadLetterId = Id<DeadLetter>;

hanok_db::text_enum! {
    /// What a dead letter was.
    pub enum Source {
        /// An event that one handler could not handle.
        Event = "event",
        /// A job that was given up.
        Job = "job",
        /// A message on a topic that is no event.
        Kafka = "kafka",
    }
}

hanok_db::record! {
    /// An event or job that was given up, with all that is needed to try it again.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct DeadLetter {
        /// Its id.
        pub id: DeadLetterId,
        /// What it was.
        pub source: Source,
        /// The handler's name, the job's kind, or `kafka`.
        pub consumer: String,
        /// The event's or the job's id; of a message one made of its place.
        pub item_id: Uuid,
        /// The event's stream.
        pub topic: Option<Topic>,
        /// The event's key, the job's lane, or the message's topic, partition and offset.
        pub item_key: String,
        /// The event's type, or the job's kind.
        pub item_type: String,
        /// The event's version.
        pub version: u32,
        /// UTF-8 JSON.
        pub payload: String,
        /// When the event was published or the job was enqueued.
        pub occurred_at: Timestamp,
        /// How often it was tried.
        pub attempts: u32,
        /// Why the last try failed.
        pub error: String,
        /// When it was given up.
        pub failed_at: Timestamp,
    }
}

const NEWEST: &str = concatcp!(
    "SELECT ",
    DeadLetter::COLUMNS,
    " FROM dead_letter WHERE id < $1 ORDER BY id DESC LIMIT $2"
);

/// The newest dead letters, or the newest of those before `before`.
pub async fn dead_letters(
    conn: &mut Conn,
    before: Option<DeadLetterId>,
    limit: u32,
) -> Result<Vec<DeadLetter>, DbError> {
    let before = before.map_or(Uuid::max(), DeadLetterId::uuid);
    conn.all(NEWEST, params![before, limit]).await
}

const TAKE: &str = concatcp!(
    "DELETE FROM dead_letter WHERE id = $1 RETURNING ",
    DeadLetter::COLUMNS
);

/// Puts a dead letter back: its event to the one handler that had failed, its job to the workers, with
/// all tries before it. It is due at once and found at the next poll.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such letter (any more), [`DbError::Refused`] where it was no
/// event, so that nobody could handle it.
pub async fn replay(tx: &mut Tx, id: DeadLetterId, now: Timestamp) -> Result<DeadLetter, DbError> {
    let letter: DeadLetter = tx.one(TAKE, params![id]).await?;
    match letter.source {
        Source::Event => retry::line_up(tx, &letter.consumer, &letter.to_event(), now).await?,
        Source::Job => job_store::insert(tx, &letter.to_job(now), now).await?,
        Source::Kafka => return Err(DbError::Refused(NO_EVENT.to_owned())),
    }
    Ok(letter)
}

const NO_EVENT: &str = "the message is no event: nobody could handle it";

/// Throws a dead letter away.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such letter (any more).
pub async fn discard(tx: &mut Tx, id: DeadLetterId) -> Result<DeadLetter, DbError> {
    tx.one(TAKE, params![id]).await
}

const DISCARD_JOB: &str =
    "DELETE FROM dead_letter WHERE source = $1 AND consumer = $2 AND item_id = $3";

/// Throws the dead letter of this job away, where there is one: for who enqueues another in its place.
pub async fn discard_job(tx: &mut Tx, kind: &str, job: JobId) -> Result<bool, DbError> {
    let values = params![Source::Job, kind, job];
    Ok(tx.execute(DISCARD_JOB, values).await? > 0)
}

/// So many of each unit: the store has one writer, and others are waiting.
const AT_ONCE: u32 = 1_000;

const DISCARD_OF: &str = "DELETE FROM dead_letter WHERE id IN (\
     SELECT id FROM dead_letter WHERE source = $1 ORDER BY id LIMIT $2)";

/// Throws the oldest 1,000 dead letters of this source away. Returns how many there were; 0 when none is left.
pub async fn discard_of(tx: &mut Tx, source: Source) -> Result<u64, DbError> {
    tx.execute(DISCARD_OF, params![source, AT_ONCE]).await
}

const DISCARD_SEEN: &str = "DELETE FROM dead_letter WHERE id IN (\
     SELECT id FROM dead_letter WHERE source = $1 AND id <= $2 ORDER BY id LIMIT $3) \
     RETURNING id, topic, item_type";

/// A dead letter that was thrown away: its id, its event's stream, and what it was.
pub type Discarded = (DeadLetterId, Option<Topic>, String);

/// Throws the oldest 1,000 dead letters of this source away, as far as `newest`: what was given up after who asks had
/// looked stays. Returns them, the oldest first; none when none is left.
pub async fn discard_seen(
    tx: &mut Tx,
    source: Source,
    newest: DeadLetterId,
) -> Result<Vec<Discarded>, DbError> {
    let values = params![source, newest, AT_ONCE];
    let mut gone: Vec<Discarded> = tx.all(DISCARD_SEEN, values).await?;
    gone.sort_by_key(|(id, ..)| *id);
    Ok(gone)
}

const COUNT_OF: &str = "SELECT COUNT(*) FROM dead_letter WHERE source = $1";

/// How many dead letters there are of this source.
pub async fn count_of(conn: &mut Conn, source: Source) -> Result<i64, DbError> {
    conn.one(COUNT_OF, params![source]).await
}

const KEEP_FOREIGN: &str = "DELETE FROM dead_letter WHERE id IN (\
     SELECT id FROM dead_letter WHERE source = $1 ORDER BY id DESC LIMIT $2 OFFSET $3)";

/// Keeps the newest `most` messages that are no events. Returns how many of the oldest went.
pub(crate) async fn keep_foreign(tx: &mut Tx, most: u32) -> Result<u64, DbError> {
    tx.execute(KEEP_FOREIGN, params![Source::Kafka, AT_ONCE, most])
        .await
}

impl DeadLetter {
    fn to_event(&self) -> Received {
        Received {
            event_id: EventId::from_uuid(self.item_id),
            topic: self.topic.unwrap_or(Topic::DomainEvents),
            key: self.item_key.clone(),
            event_type: self.item_type.clone(),
            version: self.version,
            payload: self.payload.clone(),
            occurred_at: self.occurred_at,
        }
    }

    fn to_job(&self, run_at: Timestamp) -> job_store::Row<'_> {
        job_store::Row {
            id: JobId::from_uuid(self.item_id),
            kind: &self.consumer,
            lane: &self.item_key,
            payload: &self.payload,
            run_at,
        }
    }
}

/// What is to become a dead letter.
pub(crate) struct Burial<'a> {
    source: Source,
    consumer: &'a str,
    item_id: Uuid,
    topic: Option<Topic>,
    item_key: &'a str,
    item_type: &'a str,
    version: u32,
    payload: &'a str,
    occurred_at: Timestamp,
    attempts: u32,
    error: &'a str,
}

impl<'a> Burial<'a> {
    pub(crate) fn of_event(
        consumer: &'a str,
        event: &'a Received,
        attempts: u32,
        error: &'a str,
    ) -> Self {
        Self {
            source: Source::Event,
            consumer,
            item_id: event.event_id.uuid(),
            topic: Some(event.topic),
            item_key: &event.key,
            item_type: &event.event_type,
            version: event.version,
            payload: &event.payload,
            occurred_at: event.occurred_at,
            attempts,
            error,
        }
    }

    pub(crate) fn of_foreign(message: &'a Foreign) -> Self {
        Self {
            source: Source::Kafka,
            consumer: Source::Kafka.as_str(),
            item_id: message.id(),
            topic: Some(message.topic),
            item_key: &message.place,
            item_type: &message.event_type,
            version: 0,
            payload: &message.payload,
            occurred_at: message.at,
            attempts: 1,
            error: &message.error,
        }
    }

    pub(crate) fn of_job(job: &'a Job, error: &'a str) -> Self {
        Self {
            source: Source::Job,
            consumer: &job.kind,
            item_id: job.id.uuid(),
            topic: None,
            item_key: &job.lane,
            item_type: &job.kind,
            version: 1,
            payload: &job.payload,
            occurred_at: job.created_at,
            attempts: job.attempts,
            error,
        }
    }
}

const BURY: &str = concatcp!(
    "INSERT INTO dead_letter (",
    DeadLetter::COLUMNS,
    ") \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
     ON CONFLICT (source, consumer, item_id) DO UPDATE \
     SET attempts = excluded.attempts, error = excluded.error, failed_at = excluded.failed_at"
);

/// Writes a dead letter.
pub(crate) async fn bury(
    tx: &mut Tx,
    burial: &Burial<'_>,
    now: Timestamp,
    clock: &Clock,
    random: &Random,
) -> Result<(), DbError> {
    let id = DeadLetterId::new(clock, random);
    let error = shortened(burial.error);
    let values = params![
        id,
        burial.source,
        burial.consumer,
        burial.item_id,
        burial.topic,
        burial.item_key,
        burial.item_type,
        burial.version,
        burial.payload,
        burial.occurred_at,
        burial.attempts,
        error,
        now,
    ];
    tx.execute(BURY, values).await?;
    Ok(())
}
