//! API keys: what they may, from where, until when, and how fast one is withdrawn.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_base::encoding::hex_encode;
use hanok_base::secret::sha256;
use hanok_testkit::{Answer, Browser, PASSWORD, Person, TestApp};
use serde_json::{Value, json};

use crate::doors::{assert_leads, signed_in};
use crate::login::set_status;

const ME: &str = "/api/v1/me";
const KEYS: &str = "/api/v1/me/keys";

/// Somebody who may have keys.
async fn keeper(app: &TestApp, name: &str) -> Person {
    app.person(name).roles(&["admin"]).await
}

async fn make(app: &TestApp, person: &Person, input: Value) -> Answer {
    app.client().of(person).post(KEYS).json(input).await
}

/// The value of a new key and its id.
async fn made(app: &TestApp, person: &Person, input: Value) -> (String, String) {
    let body = make(app, person, input).await.assert_status(201).body;
    let word = |name: &str| body[name].as_str().unwrap().to_owned();
    (word("key"), word("id"))
}

async fn status(app: &TestApp, key: &str) -> u16 {
    let call = app.client().get(ME).header("x-api-key", key);
    call.await.status.as_u16()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_server_calls_by_its_key_in_either_header(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = keeper(&app, "haneul").await;
        let (key, id) = made(&app, &haneul, json!({ "name": "빌드 서버", "permissions": ["audit_read"] })).await;
        let called = app.client().get(ME).header("X-API-Key", &key).await.assert_status(200);
        assert_eq!(called.body["username"], "haneul");
        app.client().bearer(&key).get(ME).await.assert_status(200);
        let listed = app.client().of(&haneul).get(KEYS).await.assert_status(200).body;
        let listed = &listed["keys"][0];
        assert_eq!((&listed["id"], &listed["name"]), (&json!(id), &json!("빌드 서버")));
        assert_eq!(listed["permissions"], json!(["audit_read"]));
        assert!(listed["last_used_at"].is_string() && listed["key"].is_null(), "{listed}");
        assert!(key.starts_with(listed["prefix"].as_str().unwrap().trim_end_matches('…')));
        for wrong in ["", "hanok_", key.get(..key.len() - 1).unwrap(), &format!("{key}x"), "hanok_000000000000_x"] {
            assert_eq!(status(&app, wrong).await, 401, "{wrong}");
        }
        let trail = app.audit_of("SECRET_ROTATION").await;
        assert_eq!((trail[0].subject, trail[0].target.clone().unwrap().0), (Some(haneul.id.uuid()), "api_key".to_owned()));
        app.finish().await;
    }

    async fn the_value_is_kept_nowhere(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = keeper(&app, "haneul").await;
        let answer = make(&app, &haneul, json!({ "name": "build" })).await.assert_status(201);
        assert_eq!(answer.header("cache-control"), "no-store");
        let key = answer.body["key"].as_str().unwrap().to_owned();
        assert_eq!(status(&app, &key).await, 200);
        let secret = key.rsplit_once('_').unwrap().1.to_owned();
        assert_eq!(app.scan_for(&[&key, &secret]).await, Vec::<String>::new());
        let hash = hex_encode(&sha256(key.as_bytes()));
        let kept: Vec<u8> = app.db.read(async |conn| conn.one("SELECT value_hash FROM api_key", &[]).await).await.unwrap();
        assert_eq!(hex_encode(&kept), hash);
        app.finish().await;
    }

    async fn nobody_makes_a_key_without_api_access_or_for_what_they_lack(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (somin, haneul) = (app.person("somin").await, keeper(&app, "haneul").await);
        make(&app, &somin, json!({ "name": "x" })).await.assert_problem(403, "forbidden");
        let beyond = json!({ "name": "x", "permissions": ["audit_read", "full_user_info"] });
        make(&app, &haneul, beyond.clone()).await.assert_problem(403, "forbidden");
        let unknown = json!({ "name": "x", "permissions": ["fly"], "address_allow_list": ["office"] });
        let refused = make(&app, &haneul, unknown).await.assert_problem(400, "invalid_request");
        let codes = refused.fields();
        assert!(codes.iter().any(|(pointer, code)| (pointer.as_str(), code.as_str()) == ("/permissions/0", "permission_unknown")), "{codes:?}");
        assert_eq!(app.audit_of("PERMISSION_DENIED").await.len(), 2);
        assert_eq!(app.client().of(&haneul).get(KEYS).await.body["keys"], json!([]));
        let mighty = app.person("nuri").roles(&["super_admin"]).await;
        make(&app, &mighty, beyond).await.assert_status(201);
        app.finish().await;
    }

    async fn the_password_is_asked_for_again_once_five_minutes_are_over(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = keeper(&app, "haneul").await;
        app.clock.advance(Duration::from_mins(5));
        make(&app, &haneul, json!({ "name": "x" })).await.assert_problem(403, "password_required");
        let again = app.client().of(&haneul).post("/api/v1/me/password/confirm").json(json!({ "password": PASSWORD }));
        again.await.assert_status(204);
        make(&app, &haneul, json!({ "name": "x" })).await.assert_status(201);
        app.finish().await;
    }

    async fn a_key_is_nobody_at_the_keyboard(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = keeper(&app, "haneul").await;
        let phone = app.pair(&haneul).await;
        let (key, id) = made(&app, &haneul, json!({ "name": "x", "permissions": ["api_access", "user_management"] })).await;
        let by_key = app.client().header("x-api-key", &key);
        let refused = [
            by_key.post(KEYS).json(json!({ "name": "another" })),
            by_key.delete(&format!("{KEYS}/{id}")),
            by_key.delete(&format!("{ME}/devices/{}", phone.device_id())),
            by_key.post(&format!("{ME}/devices")),
            by_key.put(&format!("{ME}/pin")).json(json!({ "pin_code": "739154" })),
            by_key.post(&format!("{ME}/phone")).json(json!({ "phone_number": "010-2233-4455" })),
            by_key.put(&format!("{ME}/password")).json(json!({ "current_password": PASSWORD, "new_password": "Other-tree-8" })),
        ];
        for call in refused {
            call.await.assert_problem(403, "forbidden");
        }
        assert_eq!(app.audit_of("PERMISSION_DENIED").await.len(), 7);
        for page in ["/account", "/account/keys", "/dashboard"] {
            let answer = by_key.get(page).header("accept", "application/json").await;
            assert_eq!(answer.status, 401, "{page}");
        }
        assert_eq!(status(&app, &key).await, 200);
        app.finish().await;
    }

    async fn a_key_works_from_its_networks_and_until_its_end(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = keeper(&app, "haneul").await;
        let list = |networks: &[&str]| json!({ "name": "x", "address_allow_list": networks });
        let (far, _) = made(&app, &haneul, list(&["203.0.113.0/24", "2001:db8::/32"])).await;
        app.client().get(ME).header("x-api-key", &far).await.assert_problem(403, "ip_not_allowed");
        let (near, _) = made(&app, &haneul, list(&["127.0.0.0/8"])).await;
        assert_eq!(status(&app, &near).await, 200);
        let end = app.clock.now().plus(Duration::from_hours(1));
        let (short, _) = made(&app, &haneul, json!({ "name": "x", "expires_at": end.to_rfc3339() })).await;
        assert_eq!(status(&app, &short).await, 200);
        app.clock.set(end);
        assert_eq!(status(&app, &short).await, 401);
        app.finish().await;
    }

    async fn what_is_withdrawn_stops_a_key_at_once(db: Db) {
        let app = TestApp::builder(db).start().await;
        for way in ["revoked", "locked", "disabled", "role"] {
            let person = keeper(&app, way).await;
            let (key, id) = made(&app, &person, json!({ "name": "x" })).await;
            assert_eq!(status(&app, &key).await, 200, "{way}");
            match way {
                "revoked" => drop(app.client().of(&person).delete(&format!("{KEYS}/{id}")).await.assert_status(204)),
                "locked" => set_status(&app, &person, AccountStatus::Locked).await,
                "disabled" => set_status(&app, &person, AccountStatus::Disabled).await,
                _ => {
                    let ctx = hanok_web::Ctx::program("test", app.clock.now());
                    app.accounts.withdraw_role(&ctx, person.id, "admin").await.unwrap();
                }
            }
            assert_eq!(status(&app, &key).await, 401, "{way}");
        }
        app.finish().await;
    }

    async fn another_process_that_hears_nothing_takes_a_revoked_key_for_less_than_two_seconds(db: Db) {
        let one = TestApp::builder(db.clone()).alone("the test starts the second one itself").start().await;
        let two = TestApp::builder(db).beside(&one).start().await;
        let haneul = keeper(&one, "haneul").await;
        let (first, id) = made(&one, &haneul, json!({ "name": "x" })).await;
        let (second, _) = made(&one, &haneul, json!({ "name": "y" })).await;
        assert_eq!((status(&two, &first).await, status(&two, &second).await), (200, 200));
        one.client().of(&haneul).delete(&format!("{KEYS}/{id}")).await.assert_status(204);
        two.run_duties().await;
        assert_eq!(status(&two, &first).await, 401, "read from the store");
        assert_eq!(status(&two, &second).await, 200);
        one.db.hand_written("UPDATE api_key SET revoked_at = created_at").await.unwrap();
        one.clock.advance(Duration::from_secs(2));
        assert_eq!((status(&one, &second).await, status(&two, &second).await), (401, 401));
        one.finish().await;
        two.finish().await;
    }

    async fn each_key_is_limited_by_itself(db: Db) {
        let app = TestApp::builder(db).with_limits().config(|settings| settings.limits.api_key_per_minute = 5).start().await;
        let haneul = keeper(&app, "haneul").await;
        let (key, _) = made(&app, &haneul, json!({ "name": "x" })).await;
        let (other, _) = made(&app, &haneul, json!({ "name": "y" })).await;
        for _ in 0..5 {
            assert_eq!(status(&app, &key).await, 200);
        }
        let refused = app.client().get(ME).header("x-api-key", &key).await.assert_problem(429, "rate_limited");
        assert_eq!(refused.retry_after(), Some(60));
        assert_eq!(status(&app, &other).await, 200, "each counts alone");
        app.finish().await;
    }

    async fn there_are_as_many_keys_as_may_be(db: Db) {
        let app = TestApp::builder(db).config(|settings| settings.accounts.api_keys_max = 1).start().await;
        let haneul = keeper(&app, "haneul").await;
        let (_, id) = made(&app, &haneul, json!({ "name": "x" })).await;
        make(&app, &haneul, json!({ "name": "y" })).await.assert_field("/", "too_many_api_keys");
        app.client().of(&haneul).delete(&format!("{KEYS}/{id}")).await.assert_status(204);
        app.client().of(&haneul).delete(&format!("{KEYS}/{id}")).await.assert_problem(404, "not_found");
        made(&app, &haneul, json!({ "name": "y" })).await;
        app.finish().await;
    }

    async fn a_key_is_made_and_revoked_in_a_browser(db: Db) {
        let app = TestApp::builder(db).start().await;
        keeper(&app, "haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let empty = page(&browser).await;
        assert!(empty.contains("class=\"empty\"") && empty.contains("name=\"audit_read\""), "{empty}");
        assert!(!empty.contains("name=\"full_user_info\""), "only what one holds can be chosen");
        let wrong = browser.post("/account/keys", &[("name", ""), ("address_allow_list", "office"), ("audit_read", "on")]).await;
        assert_leads(&wrong, "/account/keys");
        let again = page(&browser).await;
        assert!(again.contains("office</textarea>") && again.contains("id=\"address_allow_list-error\""), "{again}");
        let form = [("name", "<b>빌드"), ("expires_in_days", "30"), ("audit_read", "on"), ("address_allow_list", "127.0.0.1\n10.0.0.0/8")];
        let made = browser.post("/account/keys", &form).await.assert_status(200);
        assert_eq!(made.header("cache-control"), "no-store");
        let (_, rest) = made.text.split_once("<code class=\"pair-code\">").unwrap();
        let key = rest.split_once('<').unwrap().0;
        assert_eq!(status(&app, key).await, 200);
        let listed = page(&browser).await;
        assert!(listed.contains("&#60;b&#62;빌드") && listed.contains("127.0.0.1, 10.0.0.0/8"), "{listed}");
        assert!(!listed.contains(key));
        let (_, rest) = listed.split_once("action=\"/account/keys/").unwrap();
        let id = rest.split_once('/').unwrap().0;
        assert_leads(&browser.post(&format!("/account/keys/{id}/revoke"), &[]).await, "/account/keys");
        assert_eq!(status(&app, key).await, 401);
        app.finish().await;
    }

    async fn whoever_may_not_have_keys_reads_why(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("somin").await;
        let browser = signed_in(&app, "somin").await;
        let shown = page(&browser).await;
        assert!(shown.contains("API 사용") && !shown.contains("action=\"/account/keys\""), "{shown}");
        assert_eq!(browser.post("/account/keys", &[("name", "x")]).await.status, 403);
        app.finish().await;
    }
}

async fn page(browser: &Browser) -> String {
    browser.get("/account/keys").await.assert_status(200).text
}
