//! The person approves with number and PIN, or says no.

use hanok_testkit::{Answer, Person, Phone, Sink, TestApp};
use serde_json::{Value, json};

use crate::kit::{Asked, House};

/// What the database keeps of a person's wrong PINs.
const FAILURES: &str = "SELECT CAST(SUM(pin_failures) AS BIGINT) FROM account";

/// A confirm with exactly this body.
async fn confirm_with(phone: &Phone, body: Value) -> Answer {
    phone.post("/api/v1/auth/confirm").json(body).await
}

async fn deny(phone: &Phone, asked: &Asked) -> Answer {
    phone
        .post("/api/v1/auth/deny")
        .json(json!({ "transaction_id": asked.id }))
        .await
}

fn stood(status: &str, reason: Option<&str>, attempts: i64) -> (String, Option<String>, i64) {
    (status.to_owned(), reason.map(str::to_owned), attempts)
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn an_answer_is_an_activity_of_who_gave_it_and_a_request_is_nobodys(db: Db) {
        const SQL: &str = "SELECT payload FROM outbox WHERE topic = 'user_activities' ORDER BY serial";
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let refused = shop.ask(&person).await;
        deny(&phone, &refused).await.assert_status(200);
        let failed = shop.ask(&person).await;
        house.confirm(&phone, &failed, "135792").await.assert_problem(401, "invalid_pin");
        let told: Vec<(String,)> = house.rows(SQL).await;
        let told: Vec<Value> = told.iter().map(|(payload,)| serde_json::from_str(payload).unwrap()).collect();
        let answers: Vec<&Value> = told.iter().filter(|told| told["activity_type"] == "identity_answer").collect();
        let of = |told: &Value| (told["details"]["action"].clone(), told["details"]["target_id"].clone(), told["user_id"].clone());
        assert_eq!(answers.iter().map(|told| of(told)).collect::<Vec<_>>(), [
            (json!("AUTH_COMPLETED"), json!(asked.id), json!("haneul")),
            (json!("AUTH_FAILED"), json!(refused.id), json!("haneul")),
        ]);
        assert_eq!(answers[1]["details"]["outcome"], "denied");
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn the_right_number_and_pin_complete_a_request_and_the_code_goes_to_the_provider_alone(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.later(7);
        let done = house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        assert_eq!(done.body, json!({ "status": "COMPLETED" }));
        assert_eq!(done.header("cache-control"), "no-store");
        let status = shop.status(&asked).await.assert_status(200);
        assert_eq!(status.body["completed_at"], house.app.clock.now().to_rfc3339());
        house.app.settle().await;
        let claims = shop.open(&sink.received()[0].body);
        assert_eq!((&claims["jti"], &claims["status"]), (&json!(asked.id), &json!("COMPLETED")));
        let code = claims["auth_code"].as_str().unwrap();
        assert!(code.len() >= 43 && !done.text.contains(code) && !status.text.contains(code));
        house.app.finish().await;
    }

    async fn a_wrong_pin_ends_the_request(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let before = house.app.accounts.hashes.hashes();
        let wrong = house.confirm(&phone, &asked, "135792").await.assert_problem(401, "invalid_pin");
        assert_eq!(wrong.body["error"], "Invalid PIN");
        assert!(!wrong.text.contains("135792"), "{}", wrong.text);
        assert_eq!(house.app.accounts.hashes.hashes() - before, 1);
        assert_eq!(house.stands(&asked).await, stood("FAILED", Some("not_confirmed"), 1));
        let again = house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        assert_eq!(again.body["error"], "Already processed");
        assert_eq!(shop.status(&asked).await.body["failure_reason"], "not_confirmed");
        house.app.finish().await;
    }

    async fn a_wrong_number_ends_the_request_before_any_hash(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let before = house.app.accounts.hashes.hashes();
        let body = json!({ "transaction_id": asked.id, "pin_code": person.pin, "binding_code": asked.other_number() });
        confirm_with(&phone, body).await.assert_problem(400, "binding_mismatch");
        assert_eq!(house.app.accounts.hashes.hashes(), before, "nothing was hashed");
        assert_eq!(house.count(FAILURES).await, 0, "and no PIN failed");
        assert_eq!(house.stands(&asked).await, stood("FAILED", Some("not_confirmed"), 0));
        assert_eq!(shop.status(&asked).await.body["failure_reason"], "not_confirmed");
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        house.app.finish().await;
    }

    async fn a_confirm_without_a_number_leaves_the_request_waiting(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        for number in [json!({}), json!({ "binding_code": null })] {
            let mut body = json!({ "transaction_id": asked.id, "pin_code": person.pin });
            body.as_object_mut().unwrap().extend(number.as_object().unwrap().clone());
            confirm_with(&phone, body).await.assert_field("/binding_code", "required");
        }
        assert_eq!(house.stands(&asked).await, stood("PENDING", None, 0));
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn what_is_no_pin_is_refused_without_being_repeated_and_costs_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        for pin in ["", "12345", "9284617", "12a456", "１２３４５６", " 482916"] {
            let refused = house.confirm(&phone, &asked, pin).await.assert_field("/pin_code", "pin_format");
            assert!(pin.is_empty() || !refused.text.contains(pin), "{}", refused.text);
        }
        let body = json!({ "transaction_id": asked.id, "pin_code": 482_916, "binding_code": asked.number });
        let number = confirm_with(&phone, body).await.assert_field("/pin_code", "expected_string");
        assert!(!number.text.contains("482916"), "{}", number.text);
        let body = json!({ "transaction_id": asked.id, "binding_code": asked.number });
        confirm_with(&phone, body).await.assert_field("/pin_code", "required");
        assert_eq!(house.stands(&asked).await, stood("PENDING", None, 0));
        house.app.finish().await;
    }

    async fn a_confirm_that_comes_late_loses(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.later(180);
        for _ in 0..2 {
            let late = house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "transaction_expired");
            assert_eq!(late.body["error"], "Transaction expired");
            deny(&phone, &asked).await.assert_problem(400, "transaction_expired");
            house.identity.expire_overdue().await.unwrap();
        }
        assert_eq!(house.stands(&asked).await, stood("EXPIRED", None, 0));
        assert_eq!(house.count(FAILURES).await, 0);
        house.app.finish().await;
    }

    async fn a_request_of_another_person_is_unknown_to_me(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let ((person, own), (other, phone)) = (house.paired("haneul").await, house.paired("bada").await);
        let alone = house.app.person("alone").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &other.pin).await.assert_problem(404, "unknown_transaction");
        deny(&phone, &asked).await.assert_problem(404, "unknown_transaction");
        for person in [&other, &alone] {
            house.confirm_by_session(person, &asked).await.assert_problem(404, "unknown_transaction");
        }
        let tried = house.app.audit_of("PERMISSION_DENIED").await;
        let by = |one: &Person| tried.iter().filter(|row| row.actor == Some(one.id.uuid())).count();
        assert_eq!((by(&other), by(&alone), tried.len()), (3, 1, 4));
        for id in [uuid::Uuid::nil().to_string(), String::new(), "1 OR 1=1".to_owned()] {
            let nothing = Asked { id, ..asked.clone() };
            house.confirm(&own, &nothing, &person.pin).await.assert_problem(404, "unknown_transaction");
            deny(&own, &nothing).await.assert_problem(404, "unknown_transaction");
        }
        assert_eq!(house.stands(&asked).await, stood("PENDING", None, 0));
        assert_eq!(house.count(FAILURES).await, 0);
        house.app.finish().await;
    }

    async fn who_is_neither_phone_nor_signed_in_confirms_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        let body = json!({ "transaction_id": asked.id, "pin_code": person.pin, "binding_code": asked.number });
        for client in [house.app.client(), shop.client.clone(), house.app.client().bearer("a.b.c")] {
            client.post("/api/v1/auth/confirm").json(body.clone()).await.assert_problem(401, "unauthorized");
            client.post("/api/v1/auth/deny").json(body.clone()).await.assert_problem(401, "unauthorized");
            client.post("/api/v1/auth/confirm").json(json!({})).await.assert_problem(401, "unauthorized");
            client.get("/api/v1/auth/pending").await.assert_problem(401, "unauthorized");
        }
        assert_eq!(house.stands(&asked).await, stood("PENDING", None, 0));
        house.app.finish().await;
    }

    async fn a_person_without_a_pin_is_answered_as_after_a_wrong_one(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").without_pin().await;
        let phone = house.app.pair(&person).await;
        let asked = shop.ask(&person).await;
        let before = house.app.accounts.hashes.hashes();
        house.confirm(&phone, &asked, "482916").await.assert_problem(401, "invalid_pin");
        assert_eq!(house.app.accounts.hashes.hashes() - before, 1, "it takes as long");
        house.app.finish().await;
    }

    async fn an_installation_may_grant_more_tries_than_one(db: Db) {
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[], |config| config.pin_attempts_per_transaction = 3, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        for tried in 1..=2 {
            house.confirm(&phone, &asked, "135792").await.assert_problem(401, "invalid_pin");
            assert_eq!(house.stands(&asked).await, stood("PENDING", None, tried));
        }
        house.confirm(&phone, &asked, "135792").await.assert_problem(401, "invalid_pin");
        assert_eq!(house.stands(&asked).await, stood("FAILED", Some("not_confirmed"), 3));
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        house.app.finish().await;
    }

    async fn a_person_says_no_once(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        assert_eq!(deny(&phone, &asked).await.assert_status(200).body, json!({ "status": "FAILED" }));
        assert_eq!(house.stands(&asked).await, stood("FAILED", Some("denied"), 0));
        deny(&phone, &asked).await.assert_problem(400, "already_processed");
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        let status = shop.status(&asked).await.assert_status(200);
        assert_eq!((&status.body["failure_reason"], &status.body["completed_at"]), (&json!("denied"), &Value::Null));
        let done = house.completed(&shop, &person, &phone).await;
        deny(&phone, &done).await.assert_problem(400, "already_processed");
        house.app.finish().await;
    }

    async fn a_provider_that_was_switched_off_meanwhile_gets_nothing(db: Db) {
        const OFF: &str = "UPDATE service_provider SET active = FALSE";
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.app.db.write(async |tx| tx.execute(OFF, &[]).await).await?;
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        assert_eq!(house.stands(&asked).await, stood("PENDING", None, 1));
        house.app.finish().await;
    }
}
