//! What stands in the tables about callbacks, and the time until the next try.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};
use hanok_testkit::{Person, Phone};
use uuid::Uuid;

use crate::kit::{Asked, House, Shop};

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

    /// A shop's callback address becomes `url`, however it got past the checks.
    pub async fn moved(&self, shop: &Shop, url: &str) {
        const SQL: &str = "UPDATE service_provider SET callback_url = $2 WHERE id = $1";
        let (id, url): (Uuid, String) = (shop.id.parse().unwrap(), url.to_owned());
        let unit = async move |tx: &mut Tx| tx.execute(SQL, params![id, url]).await;
        self.app.db.write::<_, DbError, _>(unit).await.unwrap();
    }

    /// Every delivery, in no order.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        const SQL: &str =
            const_format::concatcp!("SELECT ", Delivery::COLUMNS, " FROM callback_delivery");
        self.rows(SQL).await
    }

    /// The only delivery.
    pub async fn delivery(&self) -> Delivery {
        let mut all = self.deliveries().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// The delivery of one request.
    pub async fn delivery_of(&self, asked: &Asked) -> Delivery {
        const SQL: &str = const_format::concatcp!(
            "SELECT ",
            Delivery::COLUMNS,
            " FROM callback_delivery WHERE transaction_id = $1"
        );
        let id: Uuid = asked.id.parse().unwrap();
        let find = async move |conn: &mut Conn| conn.one(SQL, params![id]).await;
        self.app.db.read::<_, DbError, _>(find).await.unwrap()
    }

    /// How many codes are kept.
    pub async fn codes_kept(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM callback_delivery WHERE code IS NOT NULL")
            .await
    }

    /// The one number that a question to the database finds.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let rows: Vec<(i64,)> = self.rows(sql).await;
        rows[0].0
    }

    /// When the only waiting callback is tried next.
    pub async fn next_try(&self) -> Timestamp {
        let waiting: Vec<(Timestamp,)> = self
            .rows("SELECT run_at FROM job WHERE kind = 'identity.deliver_callback'")
            .await;
        assert_eq!(waiting.len(), 1);
        waiting[0].0
    }

    /// Moves the clock to the next try and makes it.
    pub async fn try_again(&self) {
        self.app.clock.set(self.next_try().await);
        self.app.settle().await;
    }
}
