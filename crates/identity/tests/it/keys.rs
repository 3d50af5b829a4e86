//! A provider's keys as its callbacks show them: the header's `kid` names the one that opens.

use std::collections::BTreeMap;

use hanok_testkit::{Person, Phone, Reply, Sink, TestApp};
use serde_json::{Value, json};

use crate::kit::{House, Shop};
use crate::providers::Desk;
use crate::receiver::{Told, open};

const DAY: u64 = 24 * 3_600;
const MOST_USES: i64 = 1 << 30;

/// A provider that holds all its keys, as the guide says, and lets the header choose.
struct Keeper {
    house: House,
    sink: Sink,
    shop: Shop,
    person: Person,
    phone: Phone,
    keys: BTreeMap<String, Value>,
}

impl Keeper {
    async fn new(db: hanok_db::Db) -> Self {
        let sink = Sink::start().await;
        let house = House::build(TestApp::builder(db), &[&sink], |_| {}, |_| {}).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let first = shop.key.clone();
        let keys = BTreeMap::from([(kid(&first), first)]);
        Self {
            house,
            sink,
            shop,
            person,
            phone,
            keys,
        }
    }

    /// The organisation announces a new key; the provider puts it beside the others.
    async fn announced(&mut self, administrator: &str) -> Value {
        let desk = Desk::of(&self.house, administrator, "admin").await;
        let path = format!("/api/v1/providers/{}/keys", self.shop.id);
        let key = desk.client.post(&path).await.assert_status(201).body;
        self.keys.insert(kid(&key), key.clone());
        key
    }

    async fn activates(&self, key: &Value) {
        let path = format!(
            "/api/v1/providers/{}/keys/{}/activate",
            self.shop.id,
            kid(key)
        );
        self.shop.client.post(&path).await.assert_status(200);
    }

    /// A person approves, and what is due is told.
    async fn completes(&self) {
        self.house
            .completed(&self.shop, &self.person, &self.phone)
            .await;
        self.house.app.settle().await;
    }

    /// The last callback, opened with the key that its header names and with no other.
    fn last(&self) -> Told {
        let body = self.sink.received().pop().unwrap().body;
        let opened: Vec<Told> = self
            .keys
            .values()
            .filter_map(|key| open(key, &body))
            .collect();
        let [told] = opened.as_slice() else {
            panic!("{} keys open it", opened.len())
        };
        assert!(open(&self.keys[&told.kid()], &body).is_some());
        told.clone()
    }

    /// State and uses of a key.
    async fn state(&self, key: &Value) -> (String, i64) {
        let rows: Vec<(String, String, i64)> = self
            .house
            .rows("SELECT key_name, state, uses FROM provider_key")
            .await;
        let (_, state, uses) = rows
            .into_iter()
            .find(|(name, ..)| *name == kid(key))
            .unwrap();
        (state, uses)
    }

    async fn used_up(&self, left: i64) {
        let uses = MOST_USES - left;
        let sql = format!("UPDATE provider_key SET uses = {uses} WHERE state = 'active'");
        self.house.app.db.hand_written(&sql).await.unwrap();
    }
}

fn kid(key: &Value) -> String {
    key["kid"].as_str().unwrap().to_owned()
}

fn is(name: &str, uses: i64) -> (String, i64) {
    (name.to_owned(), uses)
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn callbacks_change_to_a_new_key_when_the_provider_has_it_in_place(db: Db) {
        let mut keeper = Keeper::new(db).await;
        let first = keeper.shop.key.clone();
        let second = keeper.announced("admin").await;
        let jwk: Vec<&String> = second["jwk"].as_object().unwrap().keys().collect();
        assert_eq!(jwk, ["k", "kid", "kty"], "no alg, which libraries read differently");
        keeper.completes().await;
        assert_eq!(keeper.last().kid(), kid(&first), "announced is not in use");
        keeper.activates(&second).await;
        keeper.completes().await;
        assert_eq!(keeper.last().kid(), kid(&second));
        assert_eq!(keeper.state(&first).await, is("retiring", 1));
        assert_eq!(keeper.state(&second).await, is("active", 1));
        keeper.house.app.run_schedules().await;
        keeper.house.later(7 * DAY - 1);
        keeper.house.app.run_schedules().await;
        assert_eq!(keeper.state(&first).await, is("retiring", 1), "kept for seven days");
        keeper.house.later(1);
        keeper.house.app.run_schedules().await;
        assert_eq!(keeper.state(&first).await, is("retired", 1));
        assert_eq!(keeper.state(&second).await, is("active", 1));
        let values = [&first["base64"], &second["base64"], &second["jwk"]["k"]];
        let values = values.map(|value| value.as_str().unwrap());
        assert_eq!(keeper.house.app.scan_for(&values).await, Vec::<String>::new());
        keeper.house.app.finish().await;
    }

    async fn a_callback_that_is_tried_again_follows_the_key(db: Db) {
        let mut keeper = Keeper::new(db).await;
        let second = keeper.announced("admin").await;
        keeper.sink.answer_next(Reply::Status(500));
        keeper.completes().await;
        let before = keeper.last();
        keeper.activates(&second).await;
        keeper.house.try_again().await;
        let after = keeper.last();
        assert_eq!((before.kid(), after.kid()), (kid(&keeper.shop.key), kid(&second)));
        assert_eq!(before.claims["auth_code"], after.claims["auth_code"]);
        keeper.house.app.finish().await;
    }

    async fn a_key_that_nobody_activates_comes_into_use_by_its_time(db: Db) {
        let mut keeper = Keeper::new(db).await;
        let second = keeper.announced("admin").await;
        keeper.house.later(7 * DAY - 1);
        keeper.house.app.run_schedules().await;
        keeper.completes().await;
        assert_eq!(keeper.last().kid(), kid(&keeper.shop.key));
        keeper.house.later(1);
        keeper.completes().await;
        assert_eq!(keeper.last().kid(), kid(&second), "before anybody has written it down");
        keeper.house.later(60);
        keeper.house.app.run_schedules().await;
        assert_eq!(keeper.state(&keeper.shop.key).await, is("retiring", 1));
        assert_eq!(keeper.state(&second).await, is("active", 1));
        keeper.completes().await;
        assert_eq!(keeper.last().kid(), kid(&second));
        keeper.house.app.finish().await;
    }

    async fn a_key_counts_every_use_and_none_after_its_last(db: Db) {
        let mut keeper = Keeper::new(db).await;
        keeper.sink.answer_next(Reply::Status(500));
        keeper.completes().await;
        keeper.house.try_again().await;
        assert_eq!(keeper.state(&keeper.shop.key).await, is("active", 2), "every attempt is a use");
        keeper.used_up(1).await;
        keeper.completes().await;
        let told = keeper.sink.received().len();
        keeper.completes().await;
        assert_eq!(keeper.sink.received().len(), told, "nothing leaves under a key that is used up");
        assert_eq!(keeper.state(&keeper.shop.key).await, is("active", MOST_USES));
        let waiting = keeper.house.deliveries().await.into_iter().filter(|one| one.state == "QUEUED").count();
        assert_eq!(waiting, 1);

        let second = keeper.announced("admin").await;
        keeper.activates(&second).await;
        keeper.house.try_again().await;
        assert_eq!((keeper.last().kid(), keeper.sink.received().len()), (kid(&second), told + 1));
        keeper.house.app.finish().await;
    }

    async fn an_announced_key_takes_over_from_one_that_is_used_up(db: Db) {
        let mut keeper = Keeper::new(db).await;
        let second = keeper.announced("admin").await;
        keeper.used_up(0).await;
        keeper.completes().await;
        assert_eq!(keeper.sink.received().len(), 0);
        keeper.house.app.run_schedules().await;
        keeper.house.try_again().await;
        assert_eq!(keeper.last().kid(), kid(&second));
        keeper.house.app.finish().await;
    }

    async fn a_key_that_is_due_is_warned_about_and_still_tells(db: Db) {
        let keeper = Keeper::new(db).await;
        keeper.house.app.run_schedules().await;
        keeper.house.later(83 * DAY);
        keeper.house.app.run_schedules().await;
        keeper.house.later(7 * DAY);
        keeper.house.app.run_schedules().await;
        let warned = keeper.house.count("SELECT COUNT(*) FROM outbox WHERE event_type = 'provider.key_due'").await;
        assert_eq!(warned, 2);
        keeper.completes().await;
        assert_eq!(keeper.last().claims["status"], json!("COMPLETED"));
        keeper.house.app.finish().await;
    }
}
