//! A request that is sent twice with one `Idempotency-Key`.

use hanok_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};

const KEYS: &str = "SELECT COUNT(*) FROM idempotency";
const ASKED: &str = "SELECT COUNT(*) FROM auth_transaction";

async fn ask(shop: &Shop, key: &str, body: Value) -> Answer {
    shop.client
        .post("/api/v1/auth/request")
        .header("idempotency-key", key)
        .json(body)
        .await
}

async fn ask_for(shop: &Shop, key: &str, phone: &str) -> Answer {
    ask(shop, key, json!({ "user_phone_number": phone })).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_first_answer_is_repeated_byte_for_byte_whatever_happened_since(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let first = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        let asked = Asked::new(&first);
        for _ in 0..8 {
            house.later(1);
            let again = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
            assert_eq!((&again.text, again.header("content-type")), (&first.text, first.header("content-type")));
        }
        assert_eq!(house.stands(&asked).await.0, "PENDING", "a repetition supersedes nothing");
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let again = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        assert_eq!(again.text, first.text);
        assert_eq!((house.count(ASKED).await, house.count(KEYS).await), (1, 1));
        assert_eq!(house.app.audit_of("AUTH_REQUEST").await.len(), 1);
        house.app.finish().await;
    }

    async fn a_repetition_is_not_counted_against_the_phone(db: Db) {
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[], |config| config.per_phone_provider_10min = 2, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for _ in 0..5 {
            ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
            house.later(1);
        }
        ask_for(&shop, "order-2", &person.phone).await.assert_status(201);
        house.later(1);
        ask_for(&shop, "order-3", &person.phone).await.assert_problem(429, "too_many_requests_for_phone");
        ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn the_same_key_with_another_body_is_a_conflict(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, other) = (house.app.person("haneul").await, house.app.person("bada").await);
        let first = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        ask_for(&shop, "order-1", &other.phone).await.assert_problem(422, "idempotency_conflict");
        let body = json!({ "user_phone_number": person.phone, "state": "x" });
        ask(&shop, "order-1", body).await.assert_problem(422, "idempotency_conflict");
        ask_for(&shop, "order-1", "112").await.assert_problem(400, "invalid_request");
        let again = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        assert_eq!((again.text, house.count(ASKED).await), (first.text, 1));
        house.app.finish().await;
    }

    async fn a_key_counts_for_a_day(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let first = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        house.later(86_400 - 1);
        house.app.run_schedules().await;
        assert_eq!(ask_for(&shop, "order-1", &person.phone).await.assert_status(201).text, first.text);
        house.later(3_600);
        house.app.run_schedules().await;
        let new = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        assert_ne!(Asked::new(&new).id, Asked::new(&first).id);
        house.app.finish().await;
    }

    async fn a_refusal_stores_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        ask_for(&shop, "order-1", "112").await.assert_problem(400, "invalid_request");
        let phone = "010-7654-3210";
        ask_for(&shop, "order-1", phone).await.assert_problem(404, "unknown_user");
        assert_eq!(house.count(KEYS).await, 0);
        house.app.person("haneul").phone(phone).await;
        ask_for(&shop, "order-1", phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn every_provider_has_keys_of_its_own(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let other = house.provider("B 서점", json!({ "delivery": "poll", "site_code": "SHOP-B" })).await;
        let (person, neighbour) = (house.app.person("haneul").await, house.app.person("bada").await);
        let first = ask_for(&shop, "order-1", &person.phone).await.assert_status(201);
        let second = ask_for(&other, "order-1", &neighbour.phone).await.assert_status(201);
        assert_ne!(Asked::new(&first).id, Asked::new(&second).id);
        let third = ask_for(&shop, "order-2", &person.phone).await.assert_status(201);
        assert_ne!(Asked::new(&first).id, Asked::new(&third).id);
        ask_for(&shop, "ORDER-1", &neighbour.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn a_key_has_up_to_255_visible_ascii_characters(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for key in ["", "a b", "a\tb", &"k".repeat(256)] {
            ask_for(&shop, key, &person.phone).await.assert_field("/Idempotency-Key", "idempotency_key_format");
        }
        assert_eq!(house.count(ASKED).await, 0);
        for key in ["!", "~{\"'%_}", &"k".repeat(255)] {
            let first = ask_for(&shop, key, &person.phone).await.assert_status(201);
            assert_eq!(ask_for(&shop, key, &person.phone).await.text, first.text);
        }
        house.app.finish().await;
    }

    async fn a_number_that_nobody_has_is_repeated_alike(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.provider("A 쇼핑몰", json!({ "delivery": "poll", "hide_unknown_users": true })).await;
        let first = ask_for(&shop, "order-1", "010-9999-0000").await.assert_status(201);
        house.later(1);
        assert_eq!(ask_for(&shop, "order-1", "010-9999-0000").await.text, first.text);
        house.app.finish().await;
    }
}
