//! The rows of `callback_delivery` and `callback_attempt`.

use const_format::concatcp;
use hanok_base::{Id, Place, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record, text_enum};
use hanok_events::JobId;

use crate::provider::ProviderId;
use crate::transaction::TransactionId;

/// Marks the id of a delivery.
pub(crate) enum Delivery {}
/// Marks the id of an attempt.
pub(super) enum Attempt {}

/// The id of a delivery.
pub(crate) type DeliveryId = Id<Delivery>;

text_enum! {
    /// Where a delivery stands.
    pub(crate) enum DeliveryState {
        /// Never posted: its provider fetches.
        Held = "HELD",
        /// To be posted.
        Queued = "QUEUED",
        /// Answered 2xx.
        Delivered = "DELIVERED",
        /// Given up, until somebody replays it.
        Dead = "DEAD",
    }
}

record! {
    /// A delivery, with the sealed code while it is kept.
    pub(super) struct DeliveryRow {
        pub(super) id: DeliveryId,
        pub(super) transaction_id: TransactionId,
        pub(super) state: DeliveryState,
        pub(super) code: Option<Vec<u8>>,
        pub(super) created_at: Timestamp,
    }
}

/// The one place where a delivery's code opens.
pub(super) const fn code_place(id: DeliveryId) -> Place<'static> {
    Place::new("callback_delivery", "code", id.uuid())
}

/// A delivery to be written.
pub(super) struct NewDelivery {
    pub(super) id: DeliveryId,
    pub(super) transaction: TransactionId,
    pub(super) provider: ProviderId,
    pub(super) state: DeliveryState,
    pub(super) code: Option<Vec<u8>>,
    pub(super) created_at: Timestamp,
    pub(super) code_until: Timestamp,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewDelivery) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO callback_delivery (id, transaction_id, provider_id, state, code, created_at, code_until) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        new.id,
        new.transaction,
        new.provider,
        new.state,
        new.code,
        new.created_at,
        new.code_until
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

pub(super) async fn find(conn: &mut Conn, id: DeliveryId) -> Result<Option<DeliveryRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        DeliveryRow::COLUMNS,
        " FROM callback_delivery WHERE id = $1"
    );
    conn.optional(SQL, params![id]).await
}

/// The delivery of a transaction; it has one at most.
pub(super) async fn find_of(
    conn: &mut Conn,
    transaction: TransactionId,
) -> Result<Option<DeliveryRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        DeliveryRow::COLUMNS,
        " FROM callback_delivery WHERE transaction_id = $1"
    );
    conn.optional(SQL, params![transaction]).await
}

/// What became of one attempt: a status, or why there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) at: Timestamp,
    pub(super) milliseconds: i64,
    pub(super) status: Option<u16>,
    pub(super) error: Option<String>,
}

pub(super) async fn insert_attempt(
    tx: &mut Tx,
    id: Id<Attempt>,
    delivery: DeliveryId,
    tried: &Tried,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO callback_attempt (id, delivery_id, at, milliseconds, status, error) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        id,
        delivery,
        tried.at,
        tried.milliseconds,
        tried.status,
        tried.error
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// The provider has it. The code goes now if its time has passed, else with the sweep.
pub(super) async fn delivered(
    tx: &mut Tx,
    id: DeliveryId,
    tried: &Tried,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE callback_delivery SET state = 'DELIVERED', attempts = attempts + 1, last_status = $2, \
        last_error = NULL, delivered_at = COALESCE(delivered_at, $3), \
        code = CASE WHEN code_until <= $3 THEN NULL ELSE code END WHERE id = $1";
    tx.execute(SQL, params![id, tried.status, now])
        .await
        .map(|_| ())
}

/// An attempt failed and there will be another. One that is delivered stays so.
pub(super) async fn failed(tx: &mut Tx, id: DeliveryId, tried: &Tried) -> Result<(), DbError> {
    const SQL: &str = "UPDATE callback_delivery SET state = 'QUEUED', attempts = attempts + 1, last_status = $2, \
        last_error = $3 WHERE id = $1 AND state <> 'DELIVERED'";
    tx.execute(SQL, params![id, tried.status, tried.error])
        .await
        .map(|_| ())
}

/// The last attempt failed: given up, and the code with it; `job` becomes a dead letter. One that is delivered
/// stays so.
pub(super) async fn dead(
    tx: &mut Tx,
    id: DeliveryId,
    tried: &Tried,
    job: JobId,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE callback_delivery SET state = 'DEAD', code = NULL, attempts = attempts + 1, \
        last_status = $2, last_error = $3, dead_job = $4 WHERE id = $1 AND state <> 'DELIVERED'";
    tx.execute(SQL, params![id, tried.status, tried.error, job])
        .await
        .map(|_| ())
}

/// Its job became a dead letter without an attempt that could say so: given up as by [`dead`].
pub(super) async fn bury(
    tx: &mut Tx,
    id: DeliveryId,
    job: JobId,
    reason: &str,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE callback_delivery SET state = 'DEAD', code = NULL, last_error = $2, dead_job = $3 \
        WHERE id = $1 AND state = 'QUEUED'";
    tx.execute(SQL, params![id, reason, job]).await.map(|_| ())
}

/// There is nobody to tell of any more: given up for good, and the code with it; no dead letter stands for it.
/// One that is delivered stays so.
pub(super) async fn end(tx: &mut Tx, id: DeliveryId, reason: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE callback_delivery SET state = 'DEAD', code = NULL, last_status = NULL, \
        last_error = $2, dead_job = NULL WHERE id = $1 AND state <> 'DELIVERED'";
    tx.execute(SQL, params![id, reason]).await.map(|_| ())
}

/// Erases at most `most` codes that have had their time: kept ones when it has passed, those that are
/// still to be told when they were made before `made_before`.
pub(super) async fn erase_codes(
    tx: &mut Tx,
    now: Timestamp,
    made_before: Timestamp,
    most: u32,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE callback_delivery SET code = NULL WHERE id IN (\
        SELECT id FROM callback_delivery WHERE code IS NOT NULL AND code_until <= $1 \
        AND (state <> 'QUEUED' OR created_at <= $2) ORDER BY code_until LIMIT $3 /*skip_locked*/)";
    tx.execute(SQL, params![now, made_before, most]).await
}
