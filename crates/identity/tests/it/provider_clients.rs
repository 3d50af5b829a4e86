//! A provider's own secrets and keys: shown once, replaced with an overlap, brought into use.

use std::time::Duration;

use hanok_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};
use crate::providers::{Desk, path};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// A provider with the person who keeps it.
struct Kept {
    house: House,
    desk: Desk,
    provider: Value,
    shop: Shop,
}

impl Kept {
    async fn new(db: hanok_db::Db) -> Self {
        let house = House::start(db, &[]).await;
        let desk = Desk::of(&house, "keeper", "service_admin").await;
        let provider = desk.make("SHOP-A").await;
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let (client_id, secret) = (
            word(&provider["client_id"]),
            word(&provider["client_secret"]),
        );
        let shop = Shop {
            id: word(&provider["id"]),
            client: with_secret(&house, &client_id, &secret),
            client_id,
            secret,
            key: provider["key"].clone(),
        };
        Self {
            house,
            desk,
            provider,
            shop,
        }
    }

    /// The keeper signs in anew, which also gives the password.
    async fn sign_in_again(&mut self) {
        self.house.app.sign_in_again(&mut self.desk.person).await;
        self.desk.client = self.house.app.client().of(&self.desk.person);
    }

    async fn new_secret(&self, body: Value) -> String {
        let call = self.desk.client.post(&path(&self.provider, "/secrets"));
        let made = call.json(body).await.assert_status(201).body;
        assert_eq!(made["client_id"], self.shop.client_id.as_str());
        made["client_secret"].as_str().unwrap().to_owned()
    }

    /// A key made after all before it, whose order is that of the clock.
    async fn new_key(&self) -> Value {
        self.house.app.clock.advance(SECOND);
        let call = self.desk.client.post(&path(&self.provider, "/keys"));
        let made = call.await.assert_status(201).body;
        assert_eq!(made["state"], "announced");
        made
    }

    /// `POST …/keys/{kid}/activate` by `client`.
    async fn activate(&self, client: &Client, key: &Value) -> Answer {
        let kid = key["kid"].as_str().unwrap();
        client
            .post(&path(&self.provider, &format!("/keys/{kid}/activate")))
            .await
    }

    /// Whether a secret is the provider's now.
    async fn counts(&self, secret: &str) -> bool {
        let client = with_secret(&self.house, &self.shop.client_id, secret);
        let body = json!({ "user_phone_number": "010-0000-0000" });
        let answer = client.post("/api/v1/auth/request").json(body).await;
        if answer.status == 401 {
            answer.assert_problem(401, "invalid_client");
            return false;
        }
        answer.assert_problem(404, "unknown_user");
        true
    }

    /// State by `kid`, the newest first.
    async fn states(&self) -> Vec<String> {
        let shown = self.desk.get(&self.provider).await.assert_status(200);
        let keys = shown.body["keys"].as_array().unwrap().clone();
        keys.iter()
            .map(|key| key["state"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The name of the key that a result is encrypted under now.
    async fn kid_in_use(&self) -> String {
        let person = self.house.app.person("haneul").await;
        let phone = self.house.app.pair(&person).await;
        let asked: Asked = self.shop.ask(&person).await;
        let confirmed = self.house.confirm(&phone, &asked, &person.pin).await;
        confirmed.assert_status(200);
        let jwe = self.shop.result(&asked).await.assert_status(200).text;
        let header = jwe.split('.').next().unwrap();
        let header = hanok_base::encoding::base64url_decode(header).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        header["kid"].as_str().unwrap().to_owned()
    }
}

fn with_secret(house: &House, client_id: &str, secret: &str) -> Client {
    let client = house.app.client().header("x-client-id", client_id);
    client.header("x-client-secret", secret)
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_secret_counts_for_a_day_beside_its_successor(db: Db) {
        let mut kept = Kept::new(db).await;
        let first = kept.shop.secret.clone();
        let second = kept.new_secret(json!({})).await;
        assert!(kept.counts(&first).await && kept.counts(&second).await);
        kept.house.app.clock.advance(DAY.saturating_sub(SECOND));
        assert!(kept.counts(&first).await);
        kept.house.app.clock.advance(SECOND);
        assert!(!kept.counts(&first).await && kept.counts(&second).await);
        kept.house.app.run_schedules().await;
        assert!(!kept.counts(&first).await && kept.counts(&second).await);
        kept.sign_in_again().await;
        assert_eq!(kept.desk.get(&kept.provider).await.body["secrets"].as_array().unwrap().len(), 1);
        assert_eq!(kept.house.app.audit_of("SECRET_ROTATION").await.len(), 1);
        kept.house.app.finish().await;
    }

    async fn at_most_two_secrets_count_and_the_overlap_is_chosen(db: Db) {
        let kept = Kept::new(db).await;
        let first = kept.shop.secret.clone();
        let second = kept.new_secret(json!({ "overlap_hours": 720 })).await;
        let third = kept.new_secret(json!({ "overlap_hours": 1 })).await;
        assert!(!kept.counts(&first).await && kept.counts(&second).await && kept.counts(&third).await);
        kept.house.app.clock.advance(59 * MINUTE);
        assert!(kept.counts(&second).await && kept.counts(&third).await);
        kept.desk.gives_the_password_again().await;
        let fourth = kept.new_secret(json!({ "overlap_hours": 0 })).await;
        assert!(!kept.counts(&second).await && !kept.counts(&third).await && kept.counts(&fourth).await);
        for (hours, code) in [(json!(721), "out_of_range"), (json!(-1), "invalid_value"), (json!("1"), "expected_integer")] {
            let call = kept.desk.client.post(&path(&kept.provider, "/secrets"));
            call.json(json!({ "overlap_hours": hours })).await.assert_field("/overlap_hours", code);
        }
        assert!(kept.counts(&fourth).await);
        kept.house.app.finish().await;
    }

    async fn a_new_key_is_used_once_the_provider_says_so(db: Db) {
        let mut kept = Kept::new(db).await;
        let first = kept.provider["key"].clone();
        let second = kept.new_key().await;
        assert_eq!(kept.states().await, ["announced", "active"]);
        assert_eq!(kept.kid_in_use().await, first["kid"]);
        let active = kept.activate(&kept.shop.client, &second).await.assert_status(200);
        assert_eq!((&active.body["kid"], &active.body["state"]), (&second["kid"], &json!("active")));
        assert!(!active.text.contains(second["base64"].as_str().unwrap()));
        kept.activate(&kept.shop.client, &second).await.assert_status(200);
        assert_eq!(kept.states().await, ["active", "retiring"]);
        kept.activate(&kept.shop.client, &first).await.assert_field("/kid", "key_not_announced");
        let rotations = kept.house.app.audit_of("KEY_ROTATION").await;
        let mut by: Vec<&str> = rotations.iter().map(|line| line.details["by"].as_str().unwrap()).collect();
        by.sort_unstable();
        assert_eq!(by, ["person", "provider"]);
        kept.house.app.clock.advance(7 * DAY);
        kept.house.app.run_schedules().await;
        kept.sign_in_again().await;
        assert_eq!(kept.states().await, ["active", "retired"]);
        kept.house.app.finish().await;
    }

    async fn a_key_comes_into_use_by_its_time_without_anybody(db: Db) {
        let mut kept = Kept::new(db).await;
        let second = kept.new_key().await;
        kept.house.app.clock.advance(7 * DAY);
        // Its time has come, whether or not somebody has written that down.
        assert_eq!(kept.kid_in_use().await, second["kid"]);
        kept.house.app.run_schedules().await;
        kept.sign_in_again().await;
        assert_eq!(kept.states().await, ["active", "retiring"]);
        kept.house.app.finish().await;
    }

    async fn one_key_is_announced_at_a_time(db: Db) {
        let kept = Kept::new(db).await;
        let (second, third) = (kept.new_key().await, kept.new_key().await);
        assert_eq!(kept.states().await, ["announced", "retired", "active"]);
        kept.activate(&kept.shop.client, &second).await.assert_field("/kid", "key_not_announced");
        kept.activate(&kept.desk.client, &third).await.assert_status(200);
        assert_eq!(kept.states().await, ["active", "retired", "retiring"]);
        kept.house.app.finish().await;
    }

    async fn a_key_is_activated_by_its_provider_or_its_keeper_and_nobody_else(db: Db) {
        let kept = Kept::new(db).await;
        let second = kept.new_key().await;
        let other = kept.house.polling_shop("B 서점").await;
        let person = kept.house.app.person("haneul").await;
        let app = &kept.house.app;
        kept.activate(&other.client, &second).await.assert_problem(404, "not_found");
        kept.activate(&app.client(), &second).await.assert_problem(401, "unauthorized");
        kept.activate(&app.client().of(&person), &second).await.assert_problem(403, "forbidden");
        let guess = with_secret(&kept.house, &kept.shop.client_id, "guessed");
        kept.activate(&guess, &second).await.assert_problem(401, "invalid_client");
        kept.activate(&kept.shop.client, &json!({ "kid": "no-such-key" })).await.assert_problem(404, "not_found");
        kept.activate(&kept.shop.client, &json!({ "kid": other.key["kid"] })).await.assert_problem(404, "not_found");
        assert_eq!(kept.states().await, ["announced", "active"]);
        let kid = second["kid"].as_str().unwrap();
        let in_body = json!({ "client_id": kept.shop.client_id, "client_secret": kept.shop.secret });
        let call = app.client().post(&path(&kept.provider, &format!("/keys/{kid}/activate")));
        call.json(in_body).await.assert_status(200);
        kept.house.app.finish().await;
    }

    async fn a_provider_that_is_switched_off_or_elsewhere_is_told_so_after_its_secret(db: Db) {
        let house = House::start(db, &[]).await;
        let desk = Desk::of(&house, "admin", "admin").await;
        let provider = desk.make("A").await;
        let word = |name: &str| provider[name].as_str().unwrap().to_owned();
        let client = with_secret(&house, &word("client_id"), &word("client_secret"));
        let guess = with_secret(&house, &word("client_id"), "guessed");
        let ask = |client: &Client| client.post("/api/v1/auth/request").json(json!({ "user_phone_number": "010-0000-0000" }));
        desk.patch(&provider, json!({ "address_allow_list": ["192.0.2.0/24"] })).await.assert_status(200);
        ask(&client).await.assert_problem(403, "ip_not_allowed");
        ask(&guess).await.assert_problem(401, "invalid_client");
        desk.patch(&provider, json!({ "address_allow_list": ["192.0.2.0/24", "127.0.0.1"] })).await.assert_status(200);
        ask(&client).await.assert_problem(404, "unknown_user");
        desk.patch(&provider, json!({ "active": false })).await.assert_status(200);
        ask(&client).await.assert_problem(403, "provider_inactive");
        ask(&guess).await.assert_problem(401, "invalid_client");
        house.app.finish().await;
    }
}
