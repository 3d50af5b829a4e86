//! What stands in the tables about callbacks, and the time until the next try.

use hanok_base::Timestamp;
use hanok_db::record;

use crate::kit::{Asked, House, Shop};
use hanok_testkit::{Person, Phone};

record! {
    /// A delivery without its code.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Delivery {
        pub state: String,
        pub attempts: i64,
        pub last_status: Option<i64>,
        pub last_error: Option<String>,
    }
}

impl House {
    /// A person approves what a shop asks.
    pub async fn completed(&self, shop: &Shop, person: &Person, phone: &Phone) -> Asked {
        let asked = shop.ask(person).await;
        self.confirm(phone, &asked, &person.pin)
            .await
            .assert_status(200);
        asked
    }

    /// Every delivery, the oldest first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        const SQL: &str = const_format::concatcp!(
            "SELECT ",
            Delivery::COLUMNS,
            " FROM callback_delivery ORDER BY id"
        );
        self.app
            .db
            .read(async |conn| conn.all(SQL, &[]).await)
            .await
            .unwrap()
    }

    /// The only delivery.
    pub async fn delivery(&self) -> Delivery {
        let mut all = self.deliveries().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// How many codes are kept.
    pub async fn codes_kept(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM callback_delivery WHERE code IS NOT NULL")
            .await
    }

    /// A number that a statement counts.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let (count,): (i64,) = self
            .app
            .db
            .read(async move |conn| conn.one(sql, &[]).await)
            .await
            .unwrap();
        count
    }

    /// When the only waiting callback is tried next.
    pub async fn next_try(&self) -> Timestamp {
        const SQL: &str = "SELECT run_at FROM job WHERE kind = 'identity.deliver_callback'";
        let (at,): (Timestamp,) = self
            .app
            .db
            .read(async |conn| conn.one(SQL, &[]).await)
            .await
            .unwrap();
        at
    }

    /// Moves the clock to the next try and makes it.
    pub async fn try_again(&self) {
        self.app.clock.set(self.next_try().await);
        self.app.settle().await;
    }
}
