//! Hand-written SQL, as by `psql` or `sqlite3`, against every guard that the database has of itself.

mod account;
mod ownership;
mod replace;
mod transaction;

use hanok_db::{Db, Engine};
use hanok_testkit::{AuditLine, Person, Phone};

use crate::kit::{Asked, House, Shop};

/// A house where one request waits, one was approved and one denied, and a hand on its database.
struct Hand {
    house: House,
    person: Person,
    phone: Phone,
    shop: Shop,
    pending: Asked,
    completed: Asked,
    failed: Asked,
}

impl Hand {
    async fn new(db: Db) -> Self {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let completed = shop.ask(&person).await;
        house
            .confirm(&phone, &completed, &person.pin)
            .await
            .assert_status(200);
        let failed = shop.ask(&person).await;
        deny(&phone, &failed).await;
        let pending = shop.ask(&person).await;
        Self {
            house,
            person,
            phone,
            shop,
            pending,
            completed,
            failed,
        }
    }

    fn is_sqlite(&self) -> bool {
        self.house.app.db.engine() == Engine::Sqlite
    }

    /// The literal of an id.
    fn id(&self, id: &str) -> String {
        match self.house.app.db.engine() {
            Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        }
    }

    /// The literal of bytes, each of them this one.
    fn bytes(&self, hexadecimal: &str) -> String {
        match self.house.app.db.engine() {
            Engine::Sqlite => format!("x'{}'", hexadecimal.repeat(32)),
            Engine::Postgres => format!("'\\x{}'", hexadecimal.repeat(32)),
        }
    }

    /// Runs SQL as a person would: on SQLite without foreign keys, which are off in a new connection there.
    async fn run(&self, sql: &str) -> Result<(), String> {
        let off = if self.is_sqlite() {
            "PRAGMA foreign_keys = OFF; "
        } else {
            ""
        };
        self.house.app.db.hand_written(&format!("{off}{sql}")).await
    }

    async fn writes(&self, sql: &str) {
        self.run(sql)
            .await
            .unwrap_or_else(|refusal| panic!("{sql}: {refusal}"));
    }

    /// The database refuses, and says one of these words.
    async fn is_refused(&self, sql: &str, words: &[&str]) {
        let refusal = self.run(sql).await.err().unwrap_or_default();
        let told = words.iter().any(|word| refusal.contains(word));
        assert!(told, "{sql}: {refusal:?}");
    }

    async fn count(&self, sql: &str) -> i64 {
        let sql = sql.to_owned();
        let read = self.house.app.db.read(async move |conn| {
            let (count,): (i64,) = conn.one(&sql, &[]).await?;
            Ok::<_, hanok_db::DbError>(count)
        });
        read.await.unwrap()
    }

    /// The audit rows that the database wrote of itself.
    async fn traces(&self) -> Vec<AuditLine> {
        let lines = self.house.app.audit().await;
        lines
            .into_iter()
            .filter(|line| line.origin == "database")
            .collect()
    }

    async fn finish(self) {
        self.house.app.settle().await;
        assert!(self.house.app.verify_audit().await.is_whole());
        self.house.app.finish().await;
    }
}

async fn deny(phone: &Phone, asked: &Asked) {
    let body = serde_json::json!({ "transaction_id": asked.id });
    phone
        .post("/api/v1/auth/deny")
        .json(body)
        .await
        .assert_status(200);
}
