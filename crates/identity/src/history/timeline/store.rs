//! What is written down about one request, but for its codes.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params, record, text_enum};
use uuid::Uuid;

use super::super::store::RequestRow;
use crate::callback::DeliveryState;
use crate::transaction::TransactionId;

text_enum! {
    /// What became of a push.
    pub(in crate::history) enum NotificationStatus {
        /// To be sent.
        Queued = "QUEUED",
        /// Sent.
        Sent = "SENT",
        /// The phone fetched it.
        Shown = "SHOWN",
        /// Not sent: there was no phone.
        Failed = "FAILED",
    }
}

record! {
    /// A push.
    #[derive(Clone, Debug)]
    pub(in crate::history) struct Notification {
        pub(in crate::history) status: NotificationStatus,
        pub(in crate::history) sent_at: Timestamp,
        pub(in crate::history) shown_at: Option<Timestamp>,
    }
}

record! {
    /// What a provider is told.
    #[derive(Clone, Debug)]
    pub(in crate::history) struct Delivery {
        pub(in crate::history) id: Uuid,
        pub(in crate::history) state: DeliveryState,
        pub(in crate::history) created_at: Timestamp,
    }
}

record! {
    /// One attempt to tell it.
    #[derive(Clone, Debug)]
    pub(in crate::history) struct Attempt {
        pub(in crate::history) at: Timestamp,
        pub(in crate::history) status: Option<i64>,
    }
}

/// Everything about one request.
#[derive(Clone, Debug)]
pub(in crate::history) struct Found {
    pub(in crate::history) request: RequestRow,
    /// The name of the phone that approved.
    pub(in crate::history) device: Option<String>,
    /// Whether the provider fetched the result.
    pub(in crate::history) fetched: bool,
    pub(in crate::history) notifications: Vec<Notification>,
    pub(in crate::history) delivery: Option<Delivery>,
    pub(in crate::history) attempts: Vec<Attempt>,
}

/// The account's own request of this id: four statements.
pub(in crate::history) async fn find(
    conn: &mut Conn,
    account: AccountId,
    id: TransactionId,
) -> Result<Option<Found>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        RequestRow::COLUMNS,
        ", d.name, t.result_key IS NOT NULL FROM auth_transaction t \
        JOIN service_provider p ON p.id = t.provider_id LEFT JOIN device d ON d.id = t.device_id \
        WHERE t.id = $1 AND t.account_id = $2"
    );
    let found: Option<(RequestRow, Option<String>, bool)> =
        conn.optional(SQL, params![id, account]).await?;
    let Some((request, device, fetched)) = found else {
        return Ok(None);
    };
    let delivery = delivery(conn, id).await?;
    let attempts = match &delivery {
        Some(delivery) => attempts(conn, delivery.id).await?,
        None => Vec::new(),
    };
    Ok(Some(Found {
        request,
        device,
        fetched,
        notifications: notifications(conn, id).await?,
        delivery,
        attempts,
    }))
}

pub(in crate::history) async fn notifications(
    conn: &mut Conn,
    id: TransactionId,
) -> Result<Vec<Notification>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Notification::COLUMNS,
        " FROM notification_log WHERE transaction_id = $1 AND channel = 'push' ORDER BY sent_at, id LIMIT 20"
    );
    conn.all(SQL, params![id]).await
}

pub(in crate::history) async fn delivery(
    conn: &mut Conn,
    id: TransactionId,
) -> Result<Option<Delivery>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Delivery::COLUMNS,
        " FROM callback_delivery WHERE transaction_id = $1"
    );
    conn.optional(SQL, params![id]).await
}

/// A day of retries is about forty.
pub(in crate::history) async fn attempts(
    conn: &mut Conn,
    delivery: Uuid,
) -> Result<Vec<Attempt>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Attempt::COLUMNS,
        " FROM callback_attempt WHERE delivery_id = $1 ORDER BY at LIMIT 200"
    );
    conn.all(SQL, params![delivery]).await
}
