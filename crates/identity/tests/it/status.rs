//! A provider asks where its transaction stands.

use std::collections::BTreeSet;
use std::time::Duration;

use hanok_testkit::TestApp;
use serde_json::{Value, json};

use crate::kit::{Asked, House};

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_status_says_where_a_request_stands_and_no_more(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked_at = house.app.clock.now();
        let asked = shop.ask(&person).await;
        let expected = json!({
            "transaction_id": asked.id, "status": "PENDING", "created_at": asked_at.to_rfc3339(),
            "expires_at": asked_at.plus(Duration::from_mins(3)).to_rfc3339(), "completed_at": null,
        });
        let waiting = shop.status(&asked).await.assert_status(200);
        assert_eq!(waiting.body, expected);
        assert_eq!(waiting.header("cache-control"), "no-store");
        house.later(5);
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let done = shop.status(&asked).await.assert_status(200);
        let mut expected = expected;
        expected["status"] = json!("COMPLETED");
        expected["completed_at"] = json!(house.app.clock.now().to_rfc3339());
        assert_eq!(done.body, expected);
        house.app.finish().await;
    }

    async fn only_a_failure_has_a_reason(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, "135792").await.assert_problem(401, "invalid_pin");
        let failed = shop.status(&asked).await.assert_status(200);
        let names: BTreeSet<&str> = failed.body.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = ["transaction_id", "status", "created_at", "expires_at", "completed_at", "failure_reason"];
        assert_eq!(names, BTreeSet::from(expected));
        assert_eq!((&failed.body["failure_reason"], &failed.body["completed_at"]), (&json!("not_confirmed"), &Value::Null));
        house.app.finish().await;
    }

    async fn who_polls_too_fast_waits_longer_each_time(db: Db) {
        let builder = TestApp::builder(db).alone("each program counts the polls it gets itself");
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, neighbour) = (house.app.person("haneul").await, house.app.person("bada").await);
        let (asked, beside) = (shop.ask(&person).await, shop.ask(&neighbour).await);
        shop.status(&asked).await.assert_status(200);
        for wait in [9, 13, 17] {
            house.later(1);
            let refused = shop.status(&asked).await.assert_problem(429, "rate_limited");
            assert_eq!(refused.retry_after(), Some(wait));
        }
        shop.status(&beside).await.assert_status(200);
        house.later(17);
        shop.status(&asked).await.assert_status(200);
        house.later(5);
        shop.status(&asked).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_request_is_expired_the_moment_its_time_passes_whoever_looks(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let ((person, phone), (neighbour, _)) = (house.paired("haneul").await, house.paired("bada").await);
        let (asked, beside) = (shop.ask(&person).await, shop.ask(&neighbour).await);
        house.app.clock.advance(Duration::from_micros(179_999_999));
        assert_eq!(shop.status(&beside).await.body["status"], "PENDING");
        let waiting = phone.get("/api/v1/auth/pending").await;
        assert_eq!(waiting.body["requests"].as_array().unwrap().len(), 1);
        house.app.clock.advance(Duration::from_micros(1));
        let status = shop.status(&asked).await.assert_status(200);
        assert_eq!((&status.body["status"], &status.body["completed_at"]), (&json!("EXPIRED"), &Value::Null));
        assert_eq!(status.body.get("failure_reason"), None);
        assert_eq!(phone.get("/api/v1/auth/pending").await.body, json!({ "requests": [] }));
        let claims = shop.open(&shop.result(&asked).await.assert_status(200).text);
        assert_eq!(claims["status"], "EXPIRED");
        assert_eq!(house.stands(&asked).await.0, "PENDING", "nobody has written it down yet");
        house.app.finish().await;
    }

    async fn a_request_of_another_provider_is_unknown(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let other = house.provider("B 서점", json!({ "delivery": "poll", "site_code": "SHOP-B" })).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        let ids = [asked.id.as_str(), "00000000-0000-0000-0000-000000000000", "x", "한"];
        for id in ids {
            let asked = Asked { id: id.to_owned(), ..asked.clone() };
            other.status(&asked).await.assert_problem(404, "unknown_transaction");
        }
        other.result(&asked).await.assert_problem(404, "unknown_transaction");
        shop.status(&asked).await.assert_status(200);
        shop.result(&asked).await.assert_status(200);
        house.app.finish().await;
    }
}
