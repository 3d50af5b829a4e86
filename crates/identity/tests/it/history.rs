//! A person reads what was asked of them, and nobody else does.

mod detail;
mod list;
mod pages;

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::params;
use hanok_testkit::{Answer, Person};
use serde_json::Value;
use uuid::Uuid;

use crate::kit::{House, Shop};

const PATH: &str = "/api/v1/me/history";

impl House {
    /// What the person reads at `PATH` and `rest`.
    async fn history(&self, person: &Person, rest: &str) -> Answer {
        let path = format!("{PATH}{rest}");
        self.app.client().of(person).get(&path).await
    }

    /// A request of long ago that expired, at this moment.
    async fn expired_at(&self, person: &Person, shop: &Shop, at: Timestamp) {
        const SQL: &str = "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, \
            created_at, expires_at, ended_at, binding_code, choices) \
            VALUES ($1, $2, $3, $4, 'EXPIRED', $5, $6, $6, 10, '10,11,12')";
        let (provider, account): (Uuid, AccountId) = (shop.id.parse().unwrap(), person.id);
        let id = Uuid::from_bytes(self.app.accounts.random.bytes::<16>());
        let ends = Timestamp::from_micros(at.micros() + 1);
        self.app
            .db
            .write::<_, hanok_db::DbError, _>(async move |tx| {
                let phone = [7_u8; 32];
                let values = params![id, provider, account, phone, at, ends];
                tx.execute(SQL, values).await.map(|_| ())
            })
            .await
            .unwrap();
    }
}

/// A field of every request of an answer, in order.
fn each(answer: &Answer, field: &str) -> Vec<String> {
    answer.body["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request[field].as_str().unwrap().to_owned())
        .collect()
}

/// The steps of a time line.
fn steps(answer: &Answer) -> Vec<&str> {
    let steps = answer.body["timeline"].as_array().unwrap();
    steps
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
