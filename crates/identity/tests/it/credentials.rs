//! Which provider calls, and what it may learn by calling.

use hanok_base::encoding::base64_encode;
use hanok_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};

const REQUEST: &str = "/api/v1/auth/request";

/// A request with the right body and these credentials in headers.
async fn ask_as(house: &House, id: &str, secret: &str, phone: &str) -> Answer {
    let client = house
        .app
        .client()
        .header("x-client-id", id)
        .header("x-client-secret", secret);
    client
        .post(REQUEST)
        .json(json!({ "user_phone_number": phone }))
        .await
}

/// What an answer says but for the id of its request.
fn said(mut answer: Answer) -> (Value, String) {
    answer.body["request_id"] = Value::Null;
    (
        answer.body.clone(),
        answer.header("www-authenticate").to_owned(),
    )
}

/// Asks with a body that is wrong.
async fn ask_badly(shop: &Shop) -> Answer {
    shop.request_with(json!({ "user_phone_number": "112" }))
        .await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_provider_says_who_it_is_in_any_of_three_ways(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let (id, secret) = (shop.client_id.as_str(), shop.secret.as_str());
        ask_as(&house, id, secret, &person.phone).await.assert_status(201);
        let basic = format!("Basic {}", base64_encode(format!("{id}:{secret}").as_bytes()));
        let body = json!({ "user_phone_number": person.phone });
        let by_basic = house.app.client().header("authorization", &basic);
        let asked = Asked::new(&by_basic.post(REQUEST).json(body).await.assert_status(201));
        by_basic.get(&format!("/api/v1/auth/status/{}", asked.id)).await.assert_status(200);
        let body = json!({ "user_phone_number": person.phone, "client_id": id, "client_secret": secret });
        let asked = Asked::new(&house.app.client().post(REQUEST).json(body).await.assert_status(201));
        let body = json!({ "transaction_id": asked.id, "client_id": id, "client_secret": secret });
        let result = house.app.client().post("/api/v1/auth/result").json(body).await;
        result.assert_problem(400, "not_completed");
        house.app.finish().await;
    }

    async fn an_unknown_client_and_a_wrong_secret_are_one_answer(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        let wrong = ask_as(&house, &shop.client_id, "wrong", &person.phone).await;
        let wrong = said(wrong.assert_problem(401, "invalid_client"));
        assert_eq!(wrong.1, "Basic realm=\"hanok\", charset=\"UTF-8\"");
        let unknown = ask_as(&house, "0123456789abcdef", &shop.secret, &person.phone).await;
        assert_eq!(said(unknown.assert_problem(401, "invalid_client")), wrong);
        let nobody = house.app.client();
        let body = json!({ "user_phone_number": person.phone });
        let answers = [
            nobody.post(REQUEST).json(body).await,
            nobody.post(REQUEST).text("text/plain", "x").await,
            nobody.post(REQUEST).await,
            nobody.get(&format!("/api/v1/auth/status/{}", asked.id)).await,
            nobody.post("/api/v1/auth/result").json(json!({ "transaction_id": asked.id })).await,
        ];
        for answer in answers {
            assert_eq!(said(answer.assert_problem(401, "invalid_client")), wrong);
        }
        house.app.finish().await;
    }

    async fn only_the_right_secret_learns_that_a_provider_is_switched_off(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.provider("A 쇼핑몰", json!({ "delivery": "poll", "active": false })).await;
        let person = house.app.person("haneul").await;
        ask_as(&house, &shop.client_id, "wrong", &person.phone).await.assert_problem(401, "invalid_client");
        shop.request(&person.phone).await.assert_problem(403, "provider_inactive");
        let nothing = Asked { id: uuid::Uuid::nil().to_string(), number: "10".to_owned() };
        shop.status(&nothing).await.assert_problem(403, "provider_inactive");
        shop.result(&nothing).await.assert_problem(403, "provider_inactive");
        house.app.finish().await;
    }

    async fn a_provider_calls_from_its_own_addresses_only(db: Db) {
        let builder = TestApp::builder(db).config(|settings| {
            settings.web.trusted_proxies = serde_json::from_value(json!(["127.0.0.1"])).unwrap();
        });
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let networks = json!({ "delivery": "poll", "address_allow_list": ["203.0.113.0/24", "2001:db8::/32"] });
        let shop = house.provider("A 쇼핑몰", networks).await;
        let person = house.app.person("haneul").await;
        let from = async |address: &str| {
            let call = shop.client.post(REQUEST).header("x-forwarded-for", address);
            call.json(json!({ "user_phone_number": person.phone })).await
        };
        for address in ["203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9"] {
            from(address).await.assert_status(201);
        }
        for address in ["203.0.114.9", "2001:db9::9"] {
            from(address).await.assert_problem(403, "ip_not_allowed");
        }
        house.app.finish().await;
    }

    async fn checks_come_in_their_order(db: Db) {
        let house = House::build(
            TestApp::builder(db),
            &[],
            |config| config.per_phone_provider_10min = 1,
            |_| {},
        ).await;
        let elsewhere = json!(["203.0.113.0/24"]);
        let off = json!({ "delivery": "poll", "active": false, "address_allow_list": elsewhere });
        let off = house.provider("Off", off).await;
        ask_badly(&off).await.assert_problem(403, "provider_inactive");
        let away = house.provider("Away", json!({ "delivery": "poll", "address_allow_list": elsewhere })).await;
        ask_badly(&away).await.assert_problem(403, "ip_not_allowed");
        let shop = house.polling_shop("A 쇼핑몰").await;
        let unknown = "010-9999-0000";
        shop.request(unknown).await.assert_problem(404, "unknown_user");
        house.later(1);
        ask_badly(&shop).await.assert_field("/user_phone_number", "phone_format");
        shop.request(unknown).await.assert_problem(429, "too_many_requests_for_phone");
        house.app.finish().await;
    }

    async fn an_address_that_guesses_is_held_back_before_its_secret_is_looked_at(db: Db) {
        let builder = TestApp::builder(db).config(|settings| {
            settings.limits.client_failures_per_address_per_minute = 2;
        });
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for _ in 0..2 {
            ask_as(&house, &shop.client_id, "wrong", &person.phone).await.assert_problem(401, "invalid_client");
        }
        let held = shop.request(&person.phone).await.assert_problem(429, "rate_limited");
        let wait = held.retry_after().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        house.later(wait);
        shop.request(&person.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn a_provider_that_asks_too_often_waits(db: Db) {
        let house = House::start(db, &[]).await;
        let settings = json!({ "delivery": "poll", "limits": { "requests_per_minute": 2 } });
        let shop = house.provider("A 쇼핑몰", settings).await;
        let other = house.provider("B 서점", json!({ "delivery": "poll", "site_code": "SHOP-B" })).await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        shop.status(&asked).await.assert_status(200);
        let refused = shop.request(&person.phone).await.assert_problem(429, "rate_limited");
        assert!(refused.retry_after().is_some());
        assert_eq!(house.stands(&asked).await.0, "PENDING");
        other.ask(&person).await;
        house.app.finish().await;
    }
}
