//! Providers, people and requests as rows, for what counts them.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Db, DbError, params};
use hanok_identity::provider::OWN;
use uuid::Uuid;

use crate::kit::House;

/// Writes rows that the program would have written in days of use.
pub struct Sample<'a>(pub &'a House);

/// How a request stands.
#[derive(Clone, Copy)]
pub enum Stands {
    Pending,
    /// Approved after so many seconds.
    Completed(u64),
    Denied,
    Expired,
}

impl Stands {
    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Pending => ("PENDING", None),
            Self::Completed(_) => ("COMPLETED", None),
            Self::Denied => ("FAILED", Some("denied")),
            Self::Expired => ("EXPIRED", None),
        }
    }

    fn ended_at(self, asked: Timestamp) -> Option<Timestamp> {
        let seconds = match self {
            Self::Pending => return None,
            Self::Completed(seconds) => seconds,
            Self::Denied => 5,
            Self::Expired => 180,
        };
        Some(asked.plus(Duration::from_secs(seconds)))
    }
}

impl Sample<'_> {
    pub fn now(&self) -> Timestamp {
        self.0.app.clock.now()
    }

    pub fn ago(&self, hours: u64) -> Timestamp {
        self.now().minus(Duration::from_hours(hours))
    }

    fn id(&self) -> Uuid {
        let random = self.0.app.random.bytes::<16>();
        uuid::Builder::from_random_bytes(random).into_uuid()
    }

    pub async fn provider(&self, name: &'static str) -> Uuid {
        self.provider_of(self.id(), name).await
    }

    /// Hanok itself, as it asks when somebody signs in by phone.
    pub async fn own(&self) -> Uuid {
        self.provider_of(OWN.uuid(), "hanok").await
    }

    async fn provider_of(&self, id: Uuid, name: &'static str) -> Uuid {
        const SQL: &str = "INSERT INTO service_provider (id, client_id, name, delivery, notify, site_code, \
            address_allow_list, limits, hide_unknown_users, ci_entitled, active, created_at, updated_at) \
            VALUES ($1, $2, $2, 'poll', 'all', 'SHOP', '[]', '{}', TRUE, FALSE, TRUE, 1, 1)";
        write(&self.0.app.db, async move |tx| {
            tx.execute(SQL, params![id, name]).await
        })
        .await;
        id
    }

    pub async fn person(&self, name: &'static str) -> Uuid {
        const SQL: &str = "INSERT INTO account (id, username, username_key, name, phone_masked, created_at) \
            VALUES ($1, $2, $2, $2, '010-****-1234', $3)";
        let (id, created) = (self.id(), Timestamp::from_seconds(1_700_000_000));
        write(&self.0.app.db, async move |tx| {
            tx.execute(SQL, params![id, name, created]).await
        })
        .await;
        id
    }

    /// A request of `provider` to `person`, asked at `at`.
    pub async fn asked(
        &self,
        provider: Uuid,
        person: Option<Uuid>,
        at: Timestamp,
        stands: Stands,
    ) -> Uuid {
        const SQL: &str = "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, \
            failure_reason, created_at, expires_at, ended_at, binding_code, choices, auth_code_hash) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 10, '10,11,12', $10)";
        let (id, phone) = (self.id(), self.0.app.random.bytes::<32>());
        let ((status, reason), ended) = (stands.words(), stands.ended_at(at));
        let expires = at.plus(Duration::from_mins(3));
        let code = matches!(stands, Stands::Completed(_)).then(|| phone.to_vec());
        write(&self.0.app.db, async move |tx| {
            let values = params![
                id, provider, person, phone, status, reason, at, expires, ended, code
            ];
            tx.execute(SQL, values).await
        })
        .await;
        id
    }
}

async fn write(
    db: &Db,
    unit: impl for<'c> AsyncFnOnce(&'c mut hanok_db::Tx) -> Result<u64, DbError>
    + for<'c> hanok_db::Unit<'c, Result<u64, DbError>>
    + Send
    + 'static,
) {
    assert_eq!(db.write(unit).await.unwrap(), 1);
}
