//! A provider asks who a person is.

use std::collections::BTreeSet;

use hanok_testkit::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};

/// Asks for `person` with one more field.
async fn ask_with(shop: &Shop, person: &Person, field: &str, value: Value) -> Answer {
    let mut body = json!({ "user_phone_number": person.phone });
    body[field] = value;
    shop.request_with(body).await
}

/// The notification log, person by person: channel, message and status.
async fn log(house: &House) -> Vec<(String, String, String)> {
    const SQL: &str = "SELECT n.channel, n.message, n.status FROM notification_log n \
        JOIN account a ON a.id = n.account_id ORDER BY a.username, n.sent_at";
    house.rows(SQL).await
}

/// The one request that waits for a person, as their own session shows it.
async fn only_pending(house: &House, person: &Person) -> Value {
    let list = house
        .app
        .client()
        .of(person)
        .get("/api/v1/auth/pending/")
        .await
        .assert_status(200);
    let requests = list.body["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 1, "{}", list.text);
    requests[0].clone()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_request_is_answered_with_what_a_provider_needs(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let answer = shop.request(&person.phone).await.assert_status(201);
        let names: BTreeSet<&str> = answer.body.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = ["transaction_id", "status", "expires_at", "expires_in", "interval", "binding_code"];
        assert_eq!(names, BTreeSet::from(expected));
        let Value::Object(said) = &answer.body else { unreachable!() };
        assert_eq!((&said["status"], &said["expires_in"], &said["interval"]), (&json!("PENDING"), &json!(180), &json!(5)));
        let end = house.app.clock.now().plus(std::time::Duration::from_mins(3));
        assert_eq!(said["expires_at"], end.to_rfc3339());
        let number: u32 = said["binding_code"].as_str().unwrap().parse().unwrap();
        assert!((10..=99).contains(&number), "{number}");
        assert!(said["transaction_id"].as_str().unwrap().parse::<uuid::Uuid>().is_ok());
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        house.app.finish().await;
    }

    async fn every_address_answers_with_and_without_a_trailing_slash(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let prefix = "/api/v1/auth";
        for (twin, slash) in [("", ""), ("", "/"), ("/api", ""), ("/api", "/")] {
            let body = json!({ "user_phone_number": person.phone });
            let call = shop.client.post(&format!("{prefix}{twin}/request{slash}"));
            let asked = Asked::new(&call.json(body).await.assert_status(201));
            let status = shop.client.get(&format!("{prefix}{twin}/status/{}{slash}", asked.id)).await;
            assert_eq!(status.assert_status(200).body["status"], "PENDING");
            let list = phone.get(&format!("{prefix}/pending{slash}")).await.assert_status(200);
            assert_eq!(list.body["requests"][0]["transaction_id"], asked.id.as_str());
            let body = json!({ "transaction_id": asked.id, "pin_code": person.pin, "binding_code": asked.number });
            phone.post(&format!("{prefix}{twin}/confirm{slash}")).json(body).await.assert_status(200);
            let body = json!({ "transaction_id": asked.id });
            shop.client.post(&format!("{prefix}/result{slash}")).json(body).await.assert_status(200);
            let later = shop.ask(&person).await;
            let body = json!({ "transaction_id": later.id });
            phone.post(&format!("{prefix}/deny{slash}")).json(body).await.assert_status(200);
            house.later(600);
        }
        house.app.finish().await;
    }

    async fn a_provider_says_how_long_it_waits_within_bounds(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for seconds in [30, 600] {
            let answer = ask_with(&shop, &person, "requested_expiry", json!(seconds)).await.assert_status(201);
            assert_eq!(answer.body["expires_in"], seconds);
        }
        let null = ask_with(&shop, &person, "requested_expiry", Value::Null).await.assert_status(201);
        assert_eq!(null.body["expires_in"], 180);
        for wrong in [29, 601, 0, -30, i64::MAX, i64::MIN] {
            let answer = ask_with(&shop, &person, "requested_expiry", json!(wrong)).await;
            answer.assert_field("/requested_expiry", "expiry_range");
        }
        for wrong in [json!("60"), json!(60.5), json!([60])] {
            let answer = ask_with(&shop, &person, "requested_expiry", wrong).await;
            answer.assert_field("/requested_expiry", "expected_integer");
        }
        house.app.finish().await;
    }

    async fn a_message_is_composed_and_counted_and_disguises_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let decomposed = "\u{1100}\u{1161}".repeat(32);
        ask_with(&shop, &person, "binding_message", json!(decomposed)).await.assert_status(201);
        assert_eq!(only_pending(&house, &person).await["binding_message"], "가".repeat(32));
        ask_with(&shop, &person, "binding_message", json!("")).await.assert_status(201);
        assert_eq!(only_pending(&house, &person).await["binding_message"], Value::Null);
        let long = ask_with(&shop, &person, "binding_message", json!("가".repeat(33))).await;
        long.assert_field("/binding_message", "binding_message_too_long");
        for wrong in ["\u{202E}xob", "a\u{200F}", "\u{2066}a", "\u{061C}", "a\nb", "\u{1b}[31m", "\u{85}", "\u{7f}"] {
            let answer = ask_with(&shop, &person, "binding_message", json!(wrong)).await;
            answer.assert_field("/binding_message", "binding_message_characters");
        }
        let nul = ask_with(&shop, &person, "binding_message", json!("a\0b")).await;
        nul.assert_field("/binding_message", "nul_character");
        house.app.finish().await;
    }

    async fn a_state_has_at_most_256_characters(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        ask_with(&shop, &person, "state", json!("한".repeat(256))).await.assert_status(201);
        let long = ask_with(&shop, &person, "state", json!("한".repeat(257))).await;
        long.assert_field("/state", "state_too_long");
        ask_with(&shop, &person, "state", json!("a\0")).await.assert_field("/state", "nul_character");
        house.app.finish().await;
    }

    async fn a_number_is_read_in_every_usual_form(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").phone("010-7654-3210").await;
        for form in ["010-7654-3210", "01076543210", "+82 10-7654-3210", "+821076543210", " 010 7654 3210 "] {
            shop.request(form).await.assert_status(201);
            assert_eq!(only_pending(&house, &person).await["provider_name"], "A 쇼핑몰");
        }
        for wrong in ["", "02-123-4567", "010-1234-567", "010-1234-56789", "+1 10-1234-5678", "０１０-1234-5678"] {
            let body = json!({ "user_phone_number": wrong });
            let call = shop.client.post("/api/v1/auth/request").header("accept-language", "en");
            let answer = call.json(body).await.assert_field("/user_phone_number", "phone_format");
            let text = &answer.body["errors"][0]["detail"];
            assert_eq!(text, "Phone number must be in format: 010-1234-5678", "{wrong}");
        }
        house.app.finish().await;
    }

    async fn every_wrong_field_is_told_at_once(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let body = json!({
            "user_phone_number": "112", "binding_message": "\u{202E}", "requested_expiry": 1, "state": "x".repeat(257),
        });
        let answer = shop.request_with(body).await.assert_problem(400, "invalid_request");
        let pointers: Vec<String> = answer.fields().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(pointers, ["/binding_message", "/requested_expiry", "/state", "/user_phone_number"]);
        shop.request_with(json!({})).await.assert_field("/user_phone_number", "required");
        shop.request_with(json!({ "user_phone_number": 1 })).await.assert_field("/user_phone_number", "expected_string");
        house.app.finish().await;
    }

    async fn a_call_of_another_form_is_refused_by_its_name(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let request = || shop.client.post("/api/v1/auth/request");
        request().text("text/plain", "{}").await.assert_problem(415, "unsupported_media_type");
        request().text("application/json", "{").await.assert_problem(400, "invalid_request");
        request().text("application/json", "[]").await.assert_problem(400, "invalid_request");
        request().text("application/json", "").await.assert_problem(400, "invalid_request");
        request().await.assert_problem(400, "invalid_request");
        let big = json!({ "state": "x".repeat(1024 * 1024) }).to_string();
        let refused = request().text("application/json", &big).await;
        assert_eq!(refused.assert_problem(413, "body_too_large").header("connection"), "close");
        for path in ["request", "confirm", "deny", "result"] {
            let answer = shop.client.get(&format!("/api/v1/auth/{path}")).await;
            assert_eq!(answer.assert_problem(405, "method_not_allowed").header("allow"), "POST");
        }
        for path in ["pending", "status/x"] {
            let answer = shop.client.call(Method::DELETE, &format!("/api/v1/auth/{path}")).await;
            assert!(answer.assert_problem(405, "method_not_allowed").header("allow").contains("GET"));
        }
        house.app.finish().await;
    }

    async fn a_new_request_takes_the_place_of_the_one_that_waits(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let other = house.provider("B 서점", json!({ "delivery": "poll", "site_code": "SHOP-B" })).await;
        let (person, phone) = house.paired("haneul").await;
        let (first, beside) = (shop.ask(&person).await, other.ask(&person).await);
        house.later(1);
        let second = shop.ask(&person).await;
        let status = shop.status(&first).await.assert_status(200);
        assert_eq!((&status.body["status"], &status.body["failure_reason"]), (&json!("FAILED"), &json!("superseded")));
        house.confirm(&phone, &first, &person.pin).await.assert_problem(400, "already_processed");
        assert_eq!(house.stands(&beside).await.0, "PENDING", "another provider's request waits on");
        house.confirm(&phone, &second, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_request_whose_time_is_past_expires_when_another_takes_its_place(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let first = shop.ask(&person).await;
        house.later(180);
        shop.ask(&person).await;
        assert_eq!(house.stands(&first).await, ("EXPIRED".to_owned(), None, 0));
        house.app.finish().await;
    }

    async fn the_notification_log_says_whether_a_phone_was_there_and_shown_it(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let alone = house.app.person("alone").await;
        let (paired, phone) = house.paired("paired").await;
        shop.ask(&alone).await;
        shop.ask(&paired).await;
        let line = |message: &str, status: &str| ("push".to_owned(), message.to_owned(), status.to_owned());
        assert_eq!(log(&house).await, [line("no_device", "FAILED"), line("auth_request", "QUEUED")]);
        only_pending(&house, &alone).await;
        only_pending(&house, &paired).await;
        assert_eq!(log(&house).await[1], line("auth_request", "QUEUED"), "a session is not the phone");
        phone.get("/api/v1/auth/pending").await.assert_status(200);
        assert_eq!(log(&house).await, [line("no_device", "FAILED"), line("auth_request", "SHOWN")]);
        house.app.finish().await;
    }
}
