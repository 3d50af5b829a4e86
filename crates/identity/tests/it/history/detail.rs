//! One request: its facts and its time line.

use hanok_testkit::{Reply, Sink};
use serde_json::{Value, json};

use super::{steps, text};
use crate::kit::House;

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn an_approval_is_told_step_by_step(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer_next(Reply::Status(500));
        let asked = shop.ask(&person).await;
        let path = format!("/{}", asked.id);
        let waiting = house.history(&person, &path).await.assert_status(200);
        assert_eq!(steps(&waiting), ["requested", "sent"]);
        house.later(3);
        phone.get("/api/v1/auth/pending").await.assert_status(200);
        let shown_at = house.app.clock.now();
        house.later(20);
        phone.get("/api/v1/auth/pending").await.assert_status(200);
        let seen = house.history(&person, &path).await;
        assert_eq!(steps(&seen), ["requested", "sent", "shown"]);
        assert_eq!(text(&seen.body["timeline"][2]["at"]), shown_at.to_rfc3339(), "the first time counts");
        let approved_at = house.app.clock.now();
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.settle().await;
        let failed = house.history(&person, &path).await;
        assert_eq!(steps(&failed), ["requested", "sent", "shown", "approved", "refused", "telling"]);
        house.later(5);
        house.app.settle().await;
        let told = house.history(&person, &path).await.assert_status(200);
        assert_eq!(steps(&told), ["requested", "sent", "shown", "approved", "refused", "told"]);
        let body = &told.body;
        assert_eq!((&body["status"], &body["provider_name"]), (&json!("COMPLETED"), &json!("A 쇼핑몰")));
        assert_eq!(body["ended_at"], json!(approved_at.to_rfc3339()));
        let approved = &body["timeline"][3];
        assert_eq!(approved["at"], json!(approved_at.to_rfc3339()));
        assert!(!text(&approved["device_name"]).is_empty());
        assert_eq!(text(&body["timeline"][5]["at"]), house.app.clock.now().to_rfc3339());
        for key in ["auth_code", "ci", "di", "choices", "binding_code", "result_key", "phone_index", "callback_url"] {
            assert_eq!(body.get(key), None);
        }
        let claims = shop.open(&sink.received()[1].body);
        for secret in ["auth_code", "di"] {
            assert!(!told.text.contains(text(&claims[secret])), "{secret}");
        }
        house.app.finish().await;
    }

    async fn a_failure_says_why_in_the_persons_words(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let denied = shop.ask(&person).await;
        phone.post("/api/v1/auth/deny").json(json!({ "transaction_id": denied.id })).await.assert_status(200);
        let wrong_pin = shop.ask(&person).await;
        house.confirm(&phone, &wrong_pin, "135790").await.assert_problem(401, "invalid_pin");
        let mut wrong_number = shop.ask(&person).await;
        wrong_number.number = wrong_number.other_number();
        house.confirm(&phone, &wrong_number, &person.pin).await.assert_problem(400, "binding_mismatch");
        let superseded = shop.ask(&person).await;
        let expired = shop.ask(&person).await;
        house.later(180);
        for (asked, status, reason, last) in [
            (&denied, "FAILED", json!("denied"), "denied"),
            (&wrong_pin, "FAILED", json!("wrong_pin"), "wrong_pin"),
            (&wrong_number, "FAILED", json!("not_confirmed"), "not_confirmed"),
            (&superseded, "FAILED", json!("superseded"), "superseded"),
            (&expired, "EXPIRED", Value::Null, "expired"),
        ] {
            let detail = house.history(&person, &format!("/{}", asked.id)).await.assert_status(200);
            assert_eq!((&detail.body["status"], &detail.body["reason"]), (&json!(status), &reason));
            assert_eq!(steps(&detail).last(), Some(&last));
        }
        house.app.finish().await;
    }

    async fn a_result_lies_ready_until_its_provider_fetches_it(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let path = format!("/{}", asked.id);
        assert_eq!(steps(&house.history(&person, &path).await), ["requested", "sent", "approved", "held"]);
        shop.result(&asked).await.assert_status(200);
        assert_eq!(steps(&house.history(&person, &path).await), ["requested", "sent", "approved", "fetched"]);
        house.app.finish().await;
    }

    async fn without_a_phone_the_time_line_says_so(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        let detail = house.history(&person, &format!("/{}", asked.id)).await;
        assert_eq!(steps(&detail), ["requested", "no_phone"]);
        house.app.finish().await;
    }
}
