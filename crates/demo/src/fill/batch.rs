//! Some of the made-up past, ready to be written in one unit.

use hanok_accounts::audit::{AuditError, PastRows};
use hanok_base::{KeyRing, Timestamp};
use hanok_db::{DbError, InsertMany, Param, Tx, Value};
use uuid::Uuid;

use super::requests::{Asked, End, Told};
use super::world::World;

/// What one unit writes.
pub(super) struct Batch {
    pub(super) requests: Vec<Request>,
    pub(super) subjects: Vec<Subject>,
    pub(super) audit: PastRows,
}

/// A request with the ids that its rows name.
pub(super) struct Request {
    asked: Asked,
    provider: Uuid,
    account: Option<Uuid>,
    has_phone: bool,
    notification: Uuid,
}

/// The DI of a person at a site, sealed.
pub(super) struct Subject {
    pub(super) id: Uuid,
    pub(super) account: Uuid,
    pub(super) site_code: String,
    pub(super) di: Vec<u8>,
    pub(super) created_at: Timestamp,
}

impl Request {
    pub(super) fn new(world: &World, asked: Asked) -> Option<Self> {
        let person = asked.person.and_then(|person| world.people.get(person));
        Some(Self {
            provider: world.shops.get(asked.shop)?.id.uuid(),
            account: person.map(|person| person.id.uuid()),
            has_phone: person.is_some_and(|person| person.device.is_some()),
            notification: world.ids.at(asked.created_at),
            asked,
        })
    }

    pub(super) const fn created_at(&self) -> Timestamp {
        self.asked.created_at
    }

    fn transaction(&self) -> [Value<'_>; 16] {
        let asked = &self.asked;
        [
            asked.id.value(),
            self.provider.value(),
            self.account.value(),
            asked.phone_index.value(),
            Value::Text(asked.end.status()),
            asked.end.reason().map_or(Value::Null, Value::Text),
            asked.created_at.value(),
            asked.expires_at.value(),
            asked.ended_at.value(),
            asked.binding_code.value(),
            asked.choices.value(),
            asked.message.map_or(Value::Null, Value::Text),
            Value::I64(i64::from(matches!(
                asked.end,
                End::Completed | End::Failed("not_confirmed")
            ))),
            asked.device.value(),
            asked
                .code_hash
                .as_ref()
                .map_or(Value::Null, |hash| Value::Bytes(hash)),
            Value::Null,
        ]
    }

    fn told(&self) -> Option<(&Told, Timestamp)> {
        self.asked.told.as_ref().zip(self.asked.ended_at)
    }

    fn delivery(&self) -> Option<[Value<'_>; 10]> {
        const KEPT_MICROS: i64 = 600_000_000;
        let (told, ended) = self.told()?;
        let last = told.tries.last();
        let delivered = last.filter(|last| last.status == 200).map(|last| last.at);
        let error = last
            .filter(|last| last.status != 200)
            .map(|_| "answered 503");
        Some([
            told.id.value(),
            self.asked.id.value(),
            self.provider.value(),
            Value::Text(told.state),
            Value::I64(ended.micros()),
            Value::I64(ended.micros() + KEPT_MICROS),
            Value::I64(i64::try_from(told.tries.len()).unwrap_or_default()),
            delivered.map_or(Value::Null, |at| Value::I64(at.micros())),
            last.map_or(Value::Null, |last| Value::I64(last.status)),
            error.map_or(Value::Null, Value::Text),
        ])
    }

    fn attempts(&self) -> impl Iterator<Item = [Value<'_>; 5]> {
        let told = self.told();
        told.into_iter().flat_map(|(told, _)| {
            told.tries.iter().map(|attempt| {
                [
                    attempt.id.value(),
                    told.id.value(),
                    attempt.at.value(),
                    attempt.milliseconds.value(),
                    attempt.status.value(),
                ]
            })
        })
    }

    fn notification(&self) -> Option<[Value<'_>; 7]> {
        let account = self.account.as_ref()?;
        let (message, status) = match (self.has_phone, self.asked.end) {
            (false, _) => ("no_device", "FAILED"),
            (true, End::Completed | End::Failed(_)) => ("auth_request", "SHOWN"),
            (true, End::Pending | End::Expired) => ("auth_request", "SENT"),
        };
        let shown = (status == "SHOWN").then(|| self.asked.created_at.micros() + 1_500_000);
        Some([
            self.notification.value(),
            account.value(),
            self.asked.id.value(),
            Value::Text(message),
            self.asked.created_at.value(),
            shown.map_or(Value::Null, Value::I64),
            Value::Text(status),
        ])
    }
}

impl Batch {
    /// Writes all of it.
    ///
    /// # Errors
    /// What the store answers; the unit then fails as a whole.
    pub(super) async fn insert(&self, tx: &mut Tx, keys: &KeyRing) -> Result<(), AuditError> {
        static TRANSACTIONS: InsertMany<16> = InsertMany::new(
            "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, failure_reason, \
             created_at, expires_at, ended_at, binding_code, choices, binding_message, attempts, device_id, \
             auth_code_hash, result_key)",
        );
        static DELIVERIES: InsertMany<10> = InsertMany::new(
            "INSERT INTO callback_delivery (id, transaction_id, provider_id, state, created_at, code_until, \
             attempts, delivered_at, last_status, last_error)",
        );
        static ATTEMPTS: InsertMany<5> = InsertMany::new(
            "INSERT INTO callback_attempt (id, delivery_id, at, milliseconds, status)",
        );
        let rows: Vec<_> = self.requests.iter().map(Request::transaction).collect();
        TRANSACTIONS.execute(tx, &rows).await?;
        let rows: Vec<_> = self.requests.iter().filter_map(Request::delivery).collect();
        DELIVERIES.execute(tx, &rows).await?;
        let rows: Vec<_> = self.requests.iter().flat_map(Request::attempts).collect();
        ATTEMPTS.execute(tx, &rows).await?;
        self.insert_notifications(tx).await?;
        self.insert_subjects(tx).await?;
        self.audit.insert(tx, keys).await
    }

    async fn insert_notifications(&self, tx: &mut Tx) -> Result<(), DbError> {
        static NOTIFICATIONS: InsertMany<9> = InsertMany::new(
            "INSERT INTO notification_log (id, account_id, transaction_id, notification_type, channel, message, \
             sent_at, shown_at, status)",
        );
        let row = |[id, account, transaction, message, sent, shown, status]: [_; 7]| {
            let (kind, channel) = (Value::Text("auth_request"), Value::Text("push"));
            [
                id,
                account,
                transaction,
                kind,
                channel,
                message,
                sent,
                shown,
                status,
            ]
        };
        let rows: Vec<_> = self
            .requests
            .iter()
            .filter_map(Request::notification)
            .map(row)
            .collect();
        NOTIFICATIONS.execute(tx, &rows).await
    }

    async fn insert_subjects(&self, tx: &mut Tx) -> Result<(), DbError> {
        static SUBJECTS: InsertMany<5> = InsertMany::new(
            "INSERT INTO provider_subject (id, account_id, site_code, di, created_at)",
        );

        let rows: Vec<_> = self.subjects.iter().map(Subject::values).collect();
        SUBJECTS.execute(tx, &rows).await
    }
}

impl Subject {
    fn values(&self) -> [Value<'_>; 5] {
        [
            self.id.value(),
            self.account.value(),
            self.site_code.value(),
            self.di.value(),
            self.created_at.value(),
        ]
    }
}
