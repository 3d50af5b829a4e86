//! Providers over HTTP: who may make, see and change them.

mod fields;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use hanok_db::Db;
use hanok_testkit::{Answer, Client, Person};
use serde_json::{Value, json};

use crate::kit::House;

const PROVIDERS: &str = "/api/v1/providers";
/// After this the password is asked for again.
const FIVE_MINUTES: Duration = Duration::from_mins(5);

/// Somebody who looks after providers.
pub struct Desk {
    pub person: Person,
    pub client: Client,
}

impl Desk {
    pub async fn of(house: &House, name: &str, role: &str) -> Self {
        let person = house.app.person(name).roles(&[role]).without_phone().await;
        let client = house.app.client().of(&person);
        Self { person, client }
    }

    /// A new provider, as it is answered once.
    pub async fn make(&self, name: &str) -> Value {
        let typed = json!({ "name": name, "site_code": name, "delivery": "poll" });
        let made = self.client.post(PROVIDERS).json(typed).await;
        made.assert_status(201).body
    }

    pub async fn patch(&self, provider: &Value, change: Value) -> Answer {
        self.client.patch(&path(provider, "")).json(change).await
    }

    pub async fn get(&self, provider: &Value) -> Answer {
        self.client.get(&path(provider, "")).await
    }

    pub async fn gives_the_password_again(&self) {
        let given = json!({ "password": self.person.password });
        let confirmed = self
            .client
            .post("/api/v1/me/password/confirm")
            .json(given)
            .await;
        confirmed.assert_status(204);
    }

    /// The names on every page of the list.
    async fn names(&self) -> Vec<String> {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self
                .client
                .get(&format!("{PROVIDERS}?limit=2{cursor}"))
                .await;
            let page = page.assert_status(200).body;
            let providers = page["providers"].as_array().unwrap();
            assert!(providers.len() <= 2);
            names.extend(
                providers
                    .iter()
                    .map(|one| one["name"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        names.sort();
        names
    }
}

/// A provider's path, with what stands behind it.
pub fn path(provider: &Value, rest: &str) -> String {
    format!("{PROVIDERS}/{}{rest}", provider["id"].as_str().unwrap())
}

async fn house(db: Db) -> House {
    House::start(db, &[]).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn secret_and_key_of_a_new_provider_are_shown_once(db: Db) {
        let house = house(db).await;
        let desk = Desk::of(&house, "keeper", "service_admin").await;
        let typed = json!({ "name": " A 쇼핑몰 ", "site_code": "SHOP-A", "callback_url": "https://shop.example.com/cb" });
        let made = desk.client.post(PROVIDERS).json(typed).await.assert_status(201);
        assert_eq!(made.header("cache-control"), "no-store");
        let made = made.body;
        assert_eq!((&made["name"], &made["delivery"], &made["notify"]), (&json!("A 쇼핑몰"), &json!("callback"), &json!("all")));
        assert_eq!((&made["active"], &made["ci_entitled"], &made["version"]), (&json!(true), &json!(false), &json!(1)));
        assert_eq!(made["owner_id"], desk.person.id.to_string());
        let key = &made["key"];
        assert_eq!((&key["jwk"]["kty"], &key["jwk"]["kid"], &key["state"]), (&json!("oct"), &key["kid"], &json!("active")));
        assert!(key["jwk"]["alg"].is_null(), "libraries read `alg` differently");
        let once = [&made["client_secret"], &key["base64"], &key["jwk"]["k"]].map(|value| value.as_str().unwrap().to_owned());
        let (shown, listed) = (desk.get(&made).await.assert_status(200), desk.client.get(PROVIDERS).await.assert_status(200));
        for value in &once {
            assert!(value.len() >= 43 && !shown.text.contains(value) && !listed.text.contains(value), "{}", shown.text);
        }
        assert_eq!(shown.body["keys"][0]["kid"], key["kid"]);
        assert_eq!(shown.body["secrets"].as_array().unwrap().len(), 1);
        let once: Vec<&str> = once.iter().map(String::as_str).collect();
        assert_eq!(house.app.scan_for(&once).await, Vec::<String>::new());
        assert_eq!(house.app.audit_of("ADMIN_ACTION").await[0].actor, Some(desk.person.id.uuid()));
        house.app.finish().await;
    }

    async fn a_service_admin_knows_their_own_providers_only(db: Db) {
        let house = house(db).await;
        let (one, two) = (Desk::of(&house, "one", "service_admin").await, Desk::of(&house, "two", "service_admin").await);
        let (admin, highest) = (Desk::of(&house, "admin", "admin").await, Desk::of(&house, "highest", "super_admin").await);
        let nobodys = house.polling_shop("nobodys").await;
        let mut provider = json!(null);
        for name in ["a", "b", "c", "d", "e"] {
            provider = one.make(name).await;
        }
        two.make("f").await;
        assert_eq!(one.names().await, ["a", "b", "c", "d", "e"]);
        assert_eq!(two.names().await, ["f"]);
        for above in [&admin, &highest] {
            assert_eq!(above.names().await, ["a", "b", "c", "d", "e", "f", "nobodys"]);
            above.get(&provider).await.assert_status(200);
        }
        let kid = provider["key"]["kid"].as_str().unwrap();
        for of_another in [provider.clone(), json!({ "id": nobodys.id }), json!({ "id": "not-an-id" })] {
            let call = |rest: &str| two.client.post(&path(&of_another, rest));
            two.get(&of_another).await.assert_problem(404, "not_found");
            two.patch(&of_another, json!({ "name": "mine" })).await.assert_problem(404, "not_found");
            call("/keys").await.assert_problem(404, "not_found");
            call(&format!("/keys/{kid}/activate")).await.assert_problem(404, "not_found");
            call("/secrets").await.assert_problem(404, "not_found");
        }
        assert_eq!(one.get(&provider).await.body["version"], 1);
        house.app.finish().await;
    }

    async fn who_does_not_manage_providers_learns_nothing_of_them(db: Db) {
        let house = house(db).await;
        let shop = json!({ "id": house.polling_shop("A 쇼핑몰").await.id });
        for role in ["user", "manager", "auditor"] {
            let other = Desk::of(&house, role, role).await;
            other.client.get(PROVIDERS).await.assert_problem(403, "forbidden");
            other.client.post(PROVIDERS).json(json!({})).await.assert_problem(403, "forbidden");
            other.get(&shop).await.assert_problem(403, "forbidden");
            other.patch(&shop, json!({ "active": false })).await.assert_problem(403, "forbidden");
            other.client.post(&path(&shop, "/secrets")).await.assert_problem(403, "forbidden");
        }
        assert_eq!(house.app.audit_of("PERMISSION_DENIED").await.len(), 15);
        house.app.client().get(PROVIDERS).await.assert_problem(401, "unauthorized");
        house.app.finish().await;
    }

    async fn what_reaches_outside_asks_for_the_password_again(db: Db) {
        let house = house(db).await;
        let desk = Desk::of(&house, "highest", "super_admin").await;
        let provider = desk.make("A").await;
        desk.client.post(&path(&provider, "/keys")).await.assert_status(201);
        let kid = desk.get(&provider).await.body["keys"][0]["kid"].as_str().unwrap().to_owned();
        house.app.clock.advance(FIVE_MINUTES);
        let activate = path(&provider, &format!("/keys/{kid}/activate"));
        let posts = [
            (PROVIDERS.to_owned(), json!({ "name": "B", "site_code": "B", "delivery": "poll" }), 201),
            (path(&provider, "/keys"), json!({}), 201),
            (path(&provider, "/secrets"), json!({}), 201),
            (activate, json!({}), 200),
        ];
        let patches = [json!({ "callback_url": "https://shop.example.com/" }), json!({ "ci_entitled": true })];
        for (path, body, _) in &posts {
            desk.client.post(path).json(body.clone()).await.assert_problem(403, "password_required");
        }
        for change in &patches {
            desk.patch(&provider, change.clone()).await.assert_problem(403, "password_required");
        }
        desk.patch(&provider, json!({ "name": "A 쇼핑몰", "active": true })).await.assert_status(200);
        desk.gives_the_password_again().await;
        for change in &patches {
            desk.patch(&provider, change.clone()).await.assert_status(200);
        }
        for (path, body, status) in posts.iter().rev() {
            desk.client.post(path).json(body.clone()).await.assert_status(*status);
        }
        house.app.finish().await;
    }

    async fn an_owner_changes_what_is_the_owners(db: Db) {
        let house = house(db).await;
        let (owner, admin) = (Desk::of(&house, "owner", "service_admin").await, Desk::of(&house, "admin", "admin").await);
        let provider = owner.make("A").await;
        let own = [
            json!({ "callback_url": "https://shop.example.com/cb" }), json!({ "delivery": "callback" }),
            json!({ "name": "A 쇼핑몰" }), json!({ "notify": "completed" }), json!({ "limits": { "requests_per_minute": 9 } }),
        ];
        let organisations = [
            json!({ "site_code": "B" }), json!({ "address_allow_list": ["127.0.0.1"] }),
            json!({ "hide_unknown_users": true }), json!({ "active": false }),
        ];
        for change in &own {
            let changed = owner.patch(&provider, change.clone()).await.assert_status(200).body;
            let (field, value) = change.as_object().unwrap().iter().next().unwrap();
            assert_eq!(&changed[field], value);
        }
        for change in &organisations {
            owner.patch(&provider, change.clone()).await.assert_problem(403, "forbidden");
            admin.patch(&provider, change.clone()).await.assert_status(200);
        }
        let version = 1 + own.len() + organisations.len();
        assert_eq!(owner.get(&provider).await.body["version"], version);
        let same = owner.patch(&provider, own[2].clone()).await.assert_status(200);
        assert_eq!(same.body["version"], version, "what does not differ is no change");
        assert_eq!(house.app.audit_of("CONFIG_CHANGE").await.len(), version - 1);
        house.app.finish().await;
    }

    async fn only_a_super_admin_entitles_a_provider_to_ci(db: Db) {
        let house = house(db).await;
        for role in ["service_admin", "admin"] {
            let desk = Desk::of(&house, role, role).await;
            let typed = json!({ "name": "A", "site_code": role, "delivery": "poll", "ci_entitled": true });
            desk.client.post(PROVIDERS).json(typed).await.assert_problem(403, "forbidden");
            let provider = desk.make(&format!("shop-{role}")).await;
            desk.patch(&provider, json!({ "ci_entitled": true })).await.assert_problem(403, "forbidden");
            desk.patch(&provider, json!({ "ci_entitled": false })).await.assert_status(200);
        }
        let highest = Desk::of(&house, "highest", "super_admin").await;
        let provider = highest.make("B").await;
        let entitled = highest.patch(&provider, json!({ "ci_entitled": true })).await.assert_status(200);
        assert_eq!(entitled.body["ci_entitled"], true);
        let typed = json!({ "name": "C", "site_code": "C", "delivery": "poll", "ci_entitled": true });
        highest.client.post(PROVIDERS).json(typed).await.assert_status(201);
        house.app.finish().await;
    }

    async fn a_companys_site_code_is_not_taken_by_another(db: Db) {
        let house = house(db).await;
        let (one, two) = (Desk::of(&house, "one", "service_admin").await, Desk::of(&house, "two", "service_admin").await);
        one.make("SHOP-A").await;
        one.make("SHOP-A").await;
        let typed = json!({ "name": "Mine", "site_code": "SHOP-A", "delivery": "poll" });
        two.client.post(PROVIDERS).json(typed.clone()).await.assert_field("/site_code", "site_code_taken");
        let admin = Desk::of(&house, "admin", "admin").await;
        admin.client.post(PROVIDERS).json(typed).await.assert_status(201);
        house.app.finish().await;
    }

    async fn of_many_changes_to_one_version_one_is_made(db: Db) {
        let house = house(db).await;
        let desk = Desk::of(&house, "admin", "admin").await;
        let provider = desk.make("A").await;
        let changes = (0..20).map(|number| desk.patch(&provider, json!({ "version": 1, "name": format!("A{number}") })));
        let answers = join_all(changes).await;
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        answers.iter().for_each(|answer| *counts.entry(answer.status.as_u16()).or_default() += 1);
        assert_eq!(counts, BTreeMap::from([(200, 1), (400, 19)]));
        for late in answers.into_iter().filter(|answer| answer.status == 400) {
            late.assert_field("/version", "version_changed");
        }
        let unconditional = (0..20).map(|number| desk.patch(&provider, json!({ "name": format!("B{number}") })));
        for answer in join_all(unconditional).await {
            answer.assert_status(200);
        }
        assert_eq!(desk.get(&provider).await.body["version"], 22);
        assert_eq!(house.app.audit_of("CONFIG_CHANGE").await.len(), 21);
        house.app.finish().await;
    }
}
