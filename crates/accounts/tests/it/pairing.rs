//! Pairing a phone.

use std::time::Duration;

use hanok_testkit::{Answer, Person, Phone, TestApp};
use serde_json::{Value, json};

const DEVICES: &str = "/api/v1/me/devices";
const PAIR: &str = "/api/v1/devices/pair";

async fn code(app: &TestApp, person: &Person) -> String {
    let answer = app
        .client()
        .of(person)
        .post(DEVICES)
        .json(json!({ "password": person.password }))
        .await;
    answer.assert_status(201).body["pairing_code"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn shown(code: &str) -> Value {
    json!({ "pairing_code": code, "public_key": Phone::new_jwk(), "name": "내 휴대폰" })
}

async fn show(app: &TestApp, body: Value) -> Answer {
    app.client().post(PAIR).json(body).await
}

async fn paired(app: &TestApp, person: &Person) -> usize {
    let answer = app
        .client()
        .of(person)
        .get(DEVICES)
        .await
        .assert_status(200);
    answer.body["devices"].as_array().unwrap().len()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_code_pairs_one_phone_within_two_minutes(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let first = code(&app, &haneul).await;
        app.clock.advance(Duration::from_mins(2));
        show(&app, shown(&first)).await.assert_field("/pairing_code", "pairing_code_invalid");
        let second = code(&app, &haneul).await;
        app.clock.advance(Duration::from_secs(119));
        show(&app, shown(&second)).await.assert_status(201);
        show(&app, shown(&second)).await.assert_field("/pairing_code", "pairing_code_invalid");
        show(&app, shown("nonsense")).await.assert_field("/pairing_code", "pairing_code_invalid");
        assert_eq!(paired(&app, &haneul).await, 1);
        app.finish().await;
    }

    async fn a_code_ends_with_the_session_that_asked_for_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let began = code(&app, &haneul).await;
        app.client().of(&haneul).post("/api/v1/auth/logout").await.assert_status(204);
        show(&app, shown(&began)).await.assert_field("/pairing_code", "pairing_code_invalid");
        app.finish().await;
    }

    async fn a_new_code_replaces_the_one_before(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let (first, second) = (code(&app, &haneul).await, code(&app, &haneul).await);
        show(&app, shown(&first)).await.assert_field("/pairing_code", "pairing_code_invalid");
        show(&app, shown(&second)).await.assert_status(201);
        app.finish().await;
    }

    async fn of_many_who_show_one_code_at_once_one_is_paired(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let code = code(&app, &haneul).await;
        let calls: Vec<_> = (0..20).map(|_| tokio::spawn(app.client().post(PAIR).json(shown(&code)).try_send())).collect();
        let mut statuses = Vec::new();
        for call in calls {
            statuses.push(call.await.unwrap().unwrap().status.as_u16());
        }
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (201, &[400; 19][..]));
        assert_eq!(paired(&app, &haneul).await, 1);
        app.finish().await;
    }

    async fn of_many_codes_asked_for_at_once_one_counts(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let calls: Vec<_> = (0..10).map(|_| tokio::spawn(client.post(DEVICES).try_send())).collect();
        let mut codes = Vec::new();
        for call in calls {
            let answer = call.await.unwrap().unwrap().assert_status(201);
            codes.push(answer.body["pairing_code"].as_str().unwrap().to_owned());
        }
        for code in codes {
            show(&app, shown(&code)).await;
        }
        assert_eq!(paired(&app, &haneul).await, 1);
        app.finish().await;
    }

    async fn a_code_does_not_outlive_a_changed_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let code = code(&app, &haneul).await;
        let change = json!({ "current_password": haneul.password, "new_password": "Sarang-room-9" });
        app.client().of(&haneul).put("/api/v1/me/password").json(change).await.assert_status(204);
        show(&app, shown(&code)).await.assert_field("/pairing_code", "pairing_code_invalid");
        app.finish().await;
    }

    async fn a_code_does_not_outlive_a_changed_number(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let started = json!({ "phone_number": "010-4829-7316", "pin_code": haneul.pin });
        client.post("/api/v1/me/phone").json(started).await.assert_status(202);
        let sms = app.sms_code("010-4829-7316").await;
        let code = code(&app, &haneul).await;
        client.post("/api/v1/me/phone/verify").json(json!({ "code": sms })).await.assert_status(204);
        show(&app, shown(&code)).await.assert_field("/pairing_code", "pairing_code_invalid");
        app.finish().await;
    }

    async fn a_code_asks_for_the_password_and_a_proven_number(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        app.clock.advance(Duration::from_mins(5));
        let client = app.client().of(&haneul);
        client.post(DEVICES).await.assert_problem(403, "password_required");
        client.post(DEVICES).json(json!({ "password": "Wrong-tree-7" })).await.assert_problem(401, "invalid_credentials");
        client.post(DEVICES).json(json!({ "password": haneul.password })).await.assert_status(201);
        let unproven = app.person("unproven").unproven().await;
        app.client().of(&unproven).post(DEVICES).await.assert_field("/phone_number", "phone_not_proven");
        app.client().post(DEVICES).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn five_phones_are_paired_at_most(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let first = app.pair(&haneul).await;
        for _ in 0..4 {
            app.pair(&haneul).await;
        }
        let client = app.client().of(&haneul);
        client.post(DEVICES).await.assert_field("/", "too_many_devices");
        client.delete(&format!("{DEVICES}/{}", first.device_id())).await.assert_status(204);
        app.pair(&haneul).await;
        assert_eq!(paired(&app, &haneul).await, 5);
        app.finish().await;
    }

    async fn only_a_new_key_of_p256_is_paired(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let code = code(&app, &haneul).await;
        let with = |change: &dyn Fn(&mut Value)| {
            let mut body = shown(&code);
            change(&mut body["public_key"]);
            body
        };
        let wrong = [
            with(&|key| key["kty"] = "RSA".into()),
            with(&|key| key["crv"] = "P-384".into()),
            with(&|key| key["x"] = key["y"].clone()),
            with(&|key| key["y"] = "AA".into()),
            with(&|key| key["x"] = "not base64url".into()),
            with(&|key| { key["x"] = "A".repeat(43).into(); key["y"] = "A".repeat(43).into(); }),
        ];
        for body in wrong {
            show(&app, body).await.assert_field("/public_key", "public_key_not_p256");
        }
        let body = shown(&code);
        show(&app, body.clone()).await.assert_status(201);
        let again = app.client().of(&haneul).post(DEVICES).await.assert_status(201);
        let again = json!({ "pairing_code": again.body["pairing_code"], "public_key": body["public_key"], "name": "x" });
        show(&app, again.clone()).await.assert_field("/public_key", "public_key_taken");
        let fresh = json!({ "pairing_code": again["pairing_code"], "public_key": Phone::new_jwk(), "name": "x" });
        show(&app, fresh).await.assert_status(201);
        app.finish().await;
    }

    async fn the_name_of_a_phone_is_checked_and_shown(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let code = code(&app, &haneul).await;
        let named = |name: &str| json!({ "pairing_code": code, "public_key": Phone::new_jwk(), "name": name });
        show(&app, named(" ")).await.assert_field("/name", "name_empty");
        show(&app, named("a\u{202E}b")).await.assert_field("/name", "name_characters");
        let device = show(&app, named(" 거실 \u{1F4F1} ")).await.assert_status(201).body["device_id"].clone();
        let path = format!("{DEVICES}/{}", device.as_str().unwrap());
        let shown = app.client().of(&haneul).get(&path).await.assert_status(200);
        let wanted = json!({
            "id": device, "name": "거실 \u{1F4F1}", "created_at": "2026-11-21T05:30:00.000000Z", "last_used_at": null,
        });
        assert_eq!(shown.body, wanted);
        app.finish().await;
    }

    async fn a_phone_is_its_owners_alone_and_is_let_go_once(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (haneul, other) = (app.person("haneul").await, app.person("other").roles(&["super_admin"]).await);
        let phone = app.pair(&haneul).await;
        let path = format!("{DEVICES}/{}", phone.device_id());
        let stranger = app.client().of(&other);
        stranger.get(&path).await.assert_problem(404, "not_found");
        stranger.delete(&path).await.assert_problem(404, "not_found");
        let owner = app.client().of(&haneul);
        owner.delete(&path).await.assert_status(204);
        owner.delete(&path).await.assert_problem(404, "not_found");
        owner.get(&path).await.assert_problem(404, "not_found");
        owner.get(&format!("{DEVICES}/nonsense")).await.assert_problem(404, "not_found");
        let (paired, revoked) = (app.audit_of("DEVICE_PAIRED").await, app.audit_of("DEVICE_REVOKED").await);
        assert_eq!((paired.len(), revoked.len()), (1, 1));
        assert_eq!(paired[0].target, revoked[0].target);
        app.finish().await;
    }
}
