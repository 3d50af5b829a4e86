//! What a provider is told of an end: once, for its eyes alone, and no more than it may know.

use hanok_testkit::{Phone, Reply, Sink, TestApp};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};
use crate::receiver::{open, told, told_once};

/// A request with a `state` of the provider's own.
async fn ask_with_state(shop: &Shop, number: &str, state: &str) -> Asked {
    let body = json!({ "user_phone_number": number, "state": state });
    Asked::new(&shop.request_with(body).await.assert_status(201))
}

async fn deny(phone: &Phone, asked: &Asked) {
    let body = json!({ "transaction_id": asked.id });
    phone
        .post("/api/v1/auth/deny")
        .json(body)
        .await
        .assert_status(200);
}

/// Lets every pending transaction run out, and writes it down.
async fn expire(house: &House) {
    house.later(180);
    house.app.run_schedules().await;
    house.app.settle().await;
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_completed_transaction_is_told_once_for_its_provider_alone(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let other = house.polling_shop("B 서점").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = ask_with_state(&shop, &person.phone, "b3f1 \"한글\"").await;
        house.later(7);
        let answer = house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.settle().await;

        let delivery = &sink.received()[0];
        assert_eq!((delivery.method.as_str(), delivery.path.as_str()), ("POST", "/callback"));
        assert_eq!(delivery.headers["content-type"], "application/jose");
        assert!(open(&other.key, &delivery.body).is_none(), "another provider's key opens nothing");
        let told = told_once(&shop, &sink);
        let kid = shop.key["kid"].as_str().unwrap();
        assert_eq!(told.header, format!(r#"{{"alg":"dir","enc":"A256GCM","kid":"{kid}","typ":"JWT"}}"#));
        let mut claims = told.claims.clone();
        let now = house.app.clock.now();
        let (code, di) = (claims["auth_code"].take(), claims["di"].take());
        assert_eq!(claims, json!({
            "iss": house.app.base_url, "aud": shop.client_id, "iat": now.seconds(), "exp": now.seconds() + 300,
            "jti": asked.id, "state": "b3f1 \"한글\"", "status": "COMPLETED", "auth_code": null, "di": null,
            "completed_at": now.to_rfc3339(),
        }));
        let code = code.as_str().unwrap();
        assert_eq!((code.len(), di.as_str().unwrap().len()), (43, 64), "256 bits; 47 bytes");
        assert!(!answer.text.contains(code), "the phone never sees the code");

        house.later(7_200);
        house.app.run_schedules().await;
        house.app.settle().await;
        assert_eq!(sink.received().len(), 1);
        assert_eq!(house.delivery().await.state, "DELIVERED");
        house.app.finish().await;
    }

    async fn every_attempt_is_encrypted_anew_and_says_the_same(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        (0..4).for_each(|_| sink.answer_next(Reply::Status(500)));
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        for _ in 0..4 {
            house.try_again().await;
        }
        let told = told(&shop, &sink);
        assert_eq!(told.len(), 5);
        for pair in told.windows(2) {
            assert_ne!(pair[0].iv, pair[1].iv);
            assert_ne!(pair[0].ciphertext, pair[1].ciphertext);
            assert!(pair[0].claims["iat"].as_i64() < pair[1].claims["iat"].as_i64());
        }
        for told in &told {
            assert_eq!((told.iv.len(), told.claim("jti")), (16, asked.id.as_str()), "96 bits");
            let life = told.claims["exp"].as_i64().unwrap() - told.claims["iat"].as_i64().unwrap();
            assert!((1..=300).contains(&life), "{life}");
        }
        for same in ["auth_code", "di", "completed_at", "status"] {
            let first = &told[0].claims[same];
            assert!(told.iter().all(|told| &told.claims[same] == first), "{same}");
        }
        house.app.finish().await;
    }

    async fn other_ends_are_told_without_code_ci_and_di(db: Db) {
        let sink = Sink::start().await;
        let house = House::build(TestApp::builder(db), &[&sink], |config| config.synthetic_ci = true, |_| {}).await;
        let entitled = json!({ "callback_url": sink.url("/callback"), "ci_entitled": true });
        let shop = house.provider("A 쇼핑몰", entitled).await;
        let (person, phone) = house.paired("haneul").await;
        let mut ends: Vec<(String, &str, Option<&str>)> = Vec::new();

        let asked = ask_with_state(&shop, &person.phone, "s").await;
        deny(&phone, &asked).await;
        ends.push((asked.id, "FAILED", Some("denied")));
        let asked = ask_with_state(&shop, &person.phone, "s").await;
        house.confirm(&phone, &asked, "135792").await.assert_problem(401, "invalid_pin");
        ends.push((asked.id, "FAILED", Some("not_confirmed")));
        let asked = ask_with_state(&shop, &person.phone, "s").await;
        let wrong = Asked { number: asked.other_number(), ..asked.clone() };
        let answer = house.confirm(&phone, &wrong, &person.pin).await;
        answer.assert_problem(400, "binding_mismatch");
        ends.push((asked.id, "FAILED", Some("not_confirmed")));
        let asked = ask_with_state(&shop, &person.phone, "s").await;
        ends.push((asked.id, "FAILED", Some("superseded")));
        let asked = ask_with_state(&shop, &person.phone, "s").await;
        ends.push((asked.id, "EXPIRED", None));
        house.app.settle().await;
        expire(&house).await;

        let told = told(&shop, &sink);
        assert_eq!(told.len(), ends.len());
        for (id, status, reason) in ends {
            let of = told.iter().find(|told| told.claim("jti") == id).unwrap();
            let said = (of.claim("status"), of.claims["failure_reason"].as_str(), of.claim("state"));
            assert_eq!(said, (status, reason, "s"));
            let mut expected = vec!["aud", "completed_at", "exp", "iat", "iss", "jti", "state", "status"];
            if reason.is_some() {
                expected.insert(3, "failure_reason");
            }
            assert_eq!(of.names(), expected);
            assert_eq!(of.claims["completed_at"], Value::Null);
        }
        assert_eq!(house.app.audit_of("CI_DI_ACCESS").await, [], "nothing was unsealed");
        assert_eq!(house.codes_kept().await, 0);
        house.app.finish().await;
    }

    async fn a_provider_that_wants_completions_only_hears_of_nothing_else(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let wants = json!({ "callback_url": sink.url("/callback"), "notify": "completed" });
        let shop = house.provider("A 쇼핑몰", wants).await;
        let (person, phone) = house.paired("haneul").await;
        deny(&phone, &shop.ask(&person).await).await;
        shop.ask(&person).await;
        expire(&house).await;
        assert_eq!((sink.received().len(), house.deliveries().await.len()), (0, 0));
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!(told_once(&shop, &sink).claim("jti"), asked.id);
        house.app.finish().await;
    }

    async fn a_polling_provider_is_posted_nothing(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let polls = json!({ "callback_url": sink.url("/callback"), "delivery": "poll" });
        let shop = house.provider("A 쇼핑몰", polls).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        deny(&phone, &shop.ask(&person).await).await;
        shop.ask(&person).await;
        assert_eq!((house.delivery().await.state.as_str(), house.codes_kept().await), ("HELD", 1));
        let result = shop.result(&asked).await.assert_status(200);
        assert_eq!(open(&shop.key, &result.text).unwrap().claim("auth_code").len(), 43);
        expire(&house).await;
        assert_eq!((sink.received().len(), house.delivery().await.state.as_str()), (0, "HELD"));

        // The end of its ten minutes, whether it was fetched or not.
        house.later(420);
        house.app.run_schedules().await;
        assert_eq!(house.codes_kept().await, 0);
        house.app.finish().await;
    }

    async fn an_unknown_number_that_is_hidden_is_told_as_expired(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let hides = json!({ "callback_url": sink.url("/callback"), "hide_unknown_users": true });
        let shop = house.provider("A 쇼핑몰", hides).await;
        let (person, _phone) = house.paired("haneul").await;
        shop.ask(&person).await;
        ask_with_state(&shop, "010-9999-0000", "s").await;
        expire(&house).await;
        let told = told(&shop, &sink);
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|told| told.claim("status") == "EXPIRED"));
        house.app.finish().await;
    }
}
