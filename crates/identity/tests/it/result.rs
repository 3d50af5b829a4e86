//! A provider fetches a result, once.

use std::time::Duration;

use hanok_testkit::{Answer, Sink};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};
use crate::receiver::told_once;

const RESULT: &str = "/api/v1/auth/result";

async fn with_key(shop: &Shop, asked: &Asked, key: &str) -> Answer {
    let call = shop.client.post(RESULT).header("idempotency-key", key);
    call.json(json!({ "transaction_id": asked.id })).await
}

async fn by_code(shop: &Shop, code: &Value) -> Answer {
    shop.client
        .post(RESULT)
        .json(json!({ "auth_code": code }))
        .await
}

/// The claims of an answer that is a result.
#[track_caller]
fn claims(shop: &Shop, answer: Answer) -> Value {
    let answer = answer.assert_status(200);
    assert_eq!(answer.header("content-type"), "application/jose");
    assert_eq!(answer.header("cache-control"), "no-store");
    shop.open(&answer.text)
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_result_is_fetched_once_by_its_id(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        let said = claims(&shop, shop.result(&asked).await);
        assert_eq!((&said["jti"], &said["status"]), (&json!(asked.id), &json!("COMPLETED")));
        assert_eq!(said["completed_at"], house.app.clock.now().to_rfc3339());
        assert!(said["di"].as_str().unwrap().starts_with("MC0GCCqGSIb3DQIJAyEA"));
        shop.result(&asked).await.assert_problem(410, "result_gone");
        by_code(&shop, &said["auth_code"]).await.assert_problem(410, "result_gone");
        house.app.finish().await;
    }

    async fn a_delivered_callback_is_no_redemption_and_its_code_fetches_the_same(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        let told = told_once(&shop, &sink).claims;
        assert_eq!(claims(&shop, by_code(&shop, &told["auth_code"]).await), told);
        by_code(&shop, &told["auth_code"]).await.assert_problem(410, "result_gone");
        shop.result(&asked).await.assert_problem(410, "result_gone");
        house.app.finish().await;
    }

    async fn the_same_key_fetches_the_same_result_again(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        let first = with_key(&shop, &asked, "k-1").await;
        let again = with_key(&shop, &asked, "k-1").await;
        assert_ne!(first.text, again.text, "a new JWE each time");
        let first = claims(&shop, first);
        assert_eq!(claims(&shop, again), first);
        with_key(&shop, &asked, "k-2").await.assert_problem(410, "result_gone");
        shop.result(&asked).await.assert_problem(410, "result_gone");
        let body = json!({ "auth_code": first["auth_code"] });
        let by_code = shop.client.post(RESULT).header("idempotency-key", "k-1").json(body).await;
        assert_eq!(claims(&shop, by_code), first);
        house.app.finish().await;
    }

    async fn a_result_is_gone_ten_minutes_after_the_person_approved(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let (fetched, left) = (house.completed(&shop, &person, &phone).await, house.completed(&shop, &person, &phone).await);
        house.app.clock.advance(Duration::from_micros(599_999_999));
        house.app.run_schedules().await;
        claims(&shop, with_key(&shop, &fetched, "k-1").await);
        house.app.clock.advance(Duration::from_micros(1));
        with_key(&shop, &fetched, "k-1").await.assert_problem(410, "result_gone");
        shop.result(&left).await.assert_problem(410, "result_gone");
        house.app.run_schedules().await;
        shop.result(&left).await.assert_problem(410, "result_gone");
        assert_eq!(shop.status(&left).await.body["status"], "COMPLETED");
        house.app.finish().await;
    }

    async fn a_request_that_waits_has_no_result_yet(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        with_key(&shop, &asked, "k-1").await.assert_problem(400, "not_completed");
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        claims(&shop, with_key(&shop, &asked, "k-2").await);
        house.app.finish().await;
    }

    async fn other_ends_are_fetched_at_any_time_and_say_nothing_of_the_person(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let failed = shop.ask(&person).await;
        house.confirm(&phone, &failed, "135792").await.assert_problem(401, "invalid_pin");
        let expired = shop.ask(&person).await;
        house.later(180);
        for (asked, status, reason) in [(&failed, "FAILED", json!("not_confirmed")), (&expired, "EXPIRED", Value::Null)] {
            for _ in 0..2 {
                let said = claims(&shop, shop.result(asked).await);
                assert_eq!((&said["status"], &said["failure_reason"]), (&json!(status), &reason));
                let named = |name: &str| said.get(name).is_some();
                assert!(!["auth_code", "ci", "di", "ci_synthetic"].into_iter().any(named), "{said}");
                house.later(3_600);
            }
        }
        assert_eq!(house.app.audit_of("CI_DI_ACCESS").await, []);
        house.app.finish().await;
    }

    async fn a_result_is_asked_for_in_exactly_one_way(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        let post = async |body: Value| shop.client.post(RESULT).json(body).await;
        let both = json!({ "transaction_id": asked.id, "auth_code": "x" });
        post(both).await.assert_field("/auth_code", "one_of_two");
        post(json!({})).await.assert_field("/transaction_id", "required");
        let neither = json!({ "transaction_id": null, "auth_code": null });
        post(neither).await.assert_field("/transaction_id", "required");
        post(json!({ "auth_code": 1 })).await.assert_field("/auth_code", "expected_string");
        for key in ["", "a b", &"k".repeat(256)] {
            with_key(&shop, &asked, key).await.assert_field("/Idempotency-Key", "idempotency_key_format");
        }
        claims(&shop, shop.result(&asked).await);
        house.app.finish().await;
    }

    async fn a_code_of_another_provider_is_unknown(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let other = house.provider("B 서점", json!({ "delivery": "poll", "site_code": "SHOP-B" })).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        let code = told_once(&shop, &sink).claims["auth_code"].clone();
        by_code(&other, &code).await.assert_problem(404, "unknown_transaction");
        other.result(&asked).await.assert_problem(404, "unknown_transaction");
        for code in [json!(""), json!("nobody's"), json!(asked.id)] {
            by_code(&shop, &code).await.assert_problem(404, "unknown_transaction");
        }
        let nothing = Asked { id: "x".to_owned(), ..asked.clone() };
        shop.result(&nothing).await.assert_problem(404, "unknown_transaction");
        claims(&shop, by_code(&shop, &code).await);
        house.app.finish().await;
    }
}
