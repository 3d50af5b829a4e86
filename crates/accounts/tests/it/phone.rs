//! Proving a phone number.

use std::time::Duration;

use hanok_testkit::{Answer, PIN, Person, TestApp};
use serde_json::{Value, json};

const NUMBER: &str = "010-4829-7316";

async fn start(app: &TestApp, person: &Person, body: Value) -> Answer {
    app.client()
        .of(person)
        .post("/api/v1/me/phone")
        .json(body)
        .await
}

async fn send(app: &TestApp, person: &Person, number: &str) -> Answer {
    start(app, person, json!({ "phone_number": number })).await
}

async fn verify(app: &TestApp, person: &Person, code: &str) -> Answer {
    app.client()
        .of(person)
        .post("/api/v1/me/phone/verify")
        .json(json!({ "code": code }))
        .await
}

/// A code that is not this one.
fn other(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn refresh(app: &TestApp, person: &mut Person) {
    let refresh = json!({ "refresh_token": person.refresh_token });
    person.keep_tokens(
        &app.client()
            .post("/api/v1/auth/refresh")
            .json(refresh)
            .await
            .assert_status(200),
    );
}

async fn me(app: &TestApp, person: &mut Person) -> Value {
    refresh(app, person).await;
    app.client()
        .of(person)
        .get("/api/v1/me")
        .await
        .assert_status(200)
        .body
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_code_that_comes_by_text_message_proves_the_number(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").without_phone().await;
        let sent = send(&app, &haneul, "+82 10 4829 7316").await.assert_status(202);
        assert_eq!(sent.body, json!({ "expires_at": "2026-11-21T05:35:00.000000Z" }));
        assert_eq!(me(&app, &mut haneul).await["phone_proven"], false);
        let code = app.sms_code(NUMBER).await;
        verify(&app, &haneul, &code).await.assert_status(204);
        let me = me(&app, &mut haneul).await;
        assert_eq!((&me["phone_number"], &me["phone_proven"]), (&json!("010-****-7316"), &json!(true)));
        let found = app.scan_for(&[NUMBER, "01048297316", &code]).await;
        assert_eq!(found, Vec::<String>::new());
        app.finish().await;
    }

    async fn a_code_has_five_tries(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").without_phone().await;
        send(&app, &haneul, NUMBER).await.assert_status(202);
        let code = app.sms_code(NUMBER).await;
        for _ in 0..5 {
            verify(&app, &haneul, other(&code)).await.assert_field("/code", "code_invalid");
        }
        verify(&app, &haneul, &code).await.assert_field("/code", "code_invalid");
        assert_eq!(me(&app, &mut haneul).await["phone_proven"], false);
        app.finish().await;
    }

    async fn many_guesses_at_once_are_five_tries(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_phone().await;
        send(&app, &haneul, NUMBER).await.assert_status(202);
        let code = app.sms_code(NUMBER).await;
        let body = json!({ "code": other(&code) });
        let client = app.client().of(&haneul);
        let calls: Vec<_> = (0..50)
            .map(|_| tokio::spawn(client.post("/api/v1/me/phone/verify").json(body.clone()).try_send()))
            .collect();
        for call in calls {
            call.await.unwrap().unwrap().assert_status(400);
        }
        let (tries,): (i64,) = app.db.read(async |conn| conn.one("SELECT attempts FROM phone_proof", &[]).await).await?;
        assert_eq!(tries, 5);
        app.finish().await;
    }

    async fn a_code_lives_five_minutes_and_a_new_one_replaces_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_phone().await;
        send(&app, &haneul, NUMBER).await.assert_status(202);
        let first = app.sms_code(NUMBER).await;
        app.clock.advance(Duration::from_mins(5));
        verify(&app, &haneul, &first).await.assert_field("/code", "code_invalid");
        send(&app, &haneul, NUMBER).await.assert_status(202);
        let second = app.sms_code(NUMBER).await;
        app.clock.advance(Duration::from_secs(299));
        send(&app, &haneul, NUMBER).await.assert_status(202);
        let third = app.sms_code(NUMBER).await;
        assert_ne!(second, third);
        verify(&app, &haneul, &second).await.assert_field("/code", "code_invalid");
        verify(&app, &haneul, &third).await.assert_status(204);
        let mut again = haneul.clone();
        refresh(&app, &mut again).await;
        verify(&app, &again, &third).await.assert_field("/code", "code_invalid");
        app.finish().await;
    }

    async fn three_codes_an_hour_go_to_one_number_and_from_one_address(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_phone().await;
        for number in [NUMBER, NUMBER, "010-4829-7317"] {
            send(&app, &haneul, number).await.assert_status(202);
        }
        let refused = send(&app, &haneul, "010-4829-7318").await.assert_problem(429, "rate_limited");
        assert_eq!(refused.retry_after(), Some(3600));
        app.clock.advance(Duration::from_hours(1));
        let mut haneul = haneul;
        refresh(&app, &mut haneul).await;
        send(&app, &haneul, NUMBER).await.assert_status(202);
        app.finish().await;
    }

    async fn three_codes_an_hour_go_to_one_number_from_many_addresses(db: Db) {
        let app = TestApp::builder(db)
            .config(|settings| settings.web.trusted_proxies = vec!["127.0.0.1".to_owned()])
            .start()
            .await;
        let haneul = app.person("haneul").without_phone().await;
        for host in 1..=4_u16 {
            let client = app.client().of(&haneul).header("x-forwarded-for", &format!("203.0.113.{host}"));
            let sent = client.post("/api/v1/me/phone").json(json!({ "phone_number": NUMBER })).await;
            assert_eq!(sent.status, if host < 4 { 202 } else { 429 }, "{}", sent.text);
        }
        app.finish().await;
    }

    async fn whoever_proves_a_number_first_has_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let registered = app.person("registered").phone(NUMBER).unproven().await;
        let mut owner = app.person("owner").without_phone().await;
        send(&app, &registered, NUMBER).await.assert_status(202);
        let late = app.sms_code(NUMBER).await;
        send(&app, &owner, NUMBER).await.assert_status(202);
        let code = app.sms_code(NUMBER).await;
        verify(&app, &owner, &code).await.assert_status(204);
        verify(&app, &registered, &late).await.assert_field("/code", "phone_taken");
        assert_eq!(me(&app, &mut owner).await["phone_proven"], true);
        app.finish().await;
    }

    async fn what_is_no_number_or_no_code_is_told(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_phone().await;
        send(&app, &haneul, "02-123-4567").await.assert_field("/phone_number", "phone_format");
        verify(&app, &haneul, "123456").await.assert_field("/code", "code_invalid");
        app.client().post("/api/v1/me/phone").json(json!({})).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn changing_a_proven_number_asks_for_password_and_pin(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let with = |pin: &str| json!({ "phone_number": NUMBER, "pin_code": pin });
        send(&app, &haneul, NUMBER).await.assert_field("/pin_code", "required");
        start(&app, &haneul, with("111111")).await.assert_problem(401, "invalid_pin");
        app.clock.advance(Duration::from_mins(5));
        start(&app, &haneul, with(PIN)).await.assert_problem(403, "password_required");
        let given = json!({ "password": haneul.password });
        app.client().of(&haneul).post("/api/v1/me/password/confirm").json(given).await.assert_status(204);
        start(&app, &haneul, with(PIN)).await.assert_status(202);
        assert_eq!(app.sms().len(), 0, "nothing was sent before");
        app.finish().await;
    }

    async fn a_changed_number_takes_pin_phones_and_other_sessions_and_tells_the_old_one(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        let phone = app.pair(&haneul).await;
        let mut there = haneul.clone();
        app.sign_in_again(&mut there).await;
        start(&app, &haneul, json!({ "phone_number": NUMBER, "pin_code": PIN })).await.assert_status(202);
        let code = app.sms_code(NUMBER).await;
        verify(&app, &haneul, &code).await.assert_status(204);

        let me = me(&app, &mut haneul).await;
        assert_eq!((&me["phone_number"], &me["pin_set"]), (&json!("010-****-7316"), &json!(false)));
        phone.get("/health").await.assert_problem(401, "invalid_device");
        app.client().of(&there).get("/api/v1/me").await.assert_problem(401, "unauthorized");
        app.settle().await;
        let told = app.sms().into_iter().find(|message| message.to == haneul.phone).unwrap();
        assert!(told.text.contains("변경") && !told.text.contains("7316"), "{}", told.text);

        let mut second = app.person("second").without_phone().await;
        send(&app, &second, &haneul.phone).await.assert_status(202);
        let code = app.sms_code(&haneul.phone).await;
        verify(&app, &second, &code).await.assert_status(204);
        refresh(&app, &mut second).await;
        app.finish().await;
    }

    async fn a_person_without_a_pin_changes_the_number_by_the_password_alone(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").without_pin().await;
        send(&app, &haneul, NUMBER).await.assert_status(202);
        let code = app.sms_code(NUMBER).await;
        verify(&app, &haneul, &code).await.assert_status(204);
        assert_eq!(me(&app, &mut haneul).await["phone_number"], "010-****-7316");
        assert_eq!(app.audit_of("PIN_CHANGE").await, []);
        app.finish().await;
    }

    async fn proving_the_number_again_lifts_the_pins_lock(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let change = |pin: &str| json!({ "pin_code": "730418", "current_pin": pin });
        let client = app.client().of(&haneul);
        for _ in 0..5 {
            client.put("/api/v1/me/pin").json(change("111111")).await.assert_problem(401, "invalid_pin");
        }
        client.put("/api/v1/me/pin").json(change(PIN)).await.assert_problem(423, "account_locked");
        send(&app, &haneul, &haneul.phone).await.assert_status(202);
        let code = app.sms_code(&haneul.phone).await;
        verify(&app, &haneul, &code).await.assert_status(204);
        client.put("/api/v1/me/pin").json(change(PIN)).await.assert_status(204);
        let lifted = app.audit_of("ACCOUNT_UNLOCKED").await;
        assert_eq!((lifted.len(), &lifted[0].details), (1, &json!({ "lock": "pin" })));
        app.finish().await;
    }

    async fn a_proof_does_not_lift_a_lock_that_came_after_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        send(&app, &haneul, &haneul.phone).await.assert_status(202);
        let code = app.sms_code(&haneul.phone).await;
        verify(&app, &haneul, &code).await.assert_status(204);
        let client = app.client().of(&haneul);
        for _ in 0..5 {
            let wrong = json!({ "pin_code": "730418", "current_pin": "111111" });
            client.put("/api/v1/me/pin").json(wrong).await.assert_problem(401, "invalid_pin");
        }
        let unasked = client.put("/api/v1/me/pin").json(json!({ "pin_code": "730418" }));
        unasked.await.assert_problem(423, "account_locked");
        app.finish().await;
    }

    async fn for_a_day_after_a_password_reset_no_first_number_is_taken_either(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").unproven().without_pin().await;
        let reset = format!("UPDATE account SET password_reset_at = {}", app.clock.now().micros());
        app.db.hand_written(&reset).await.unwrap();
        let client = app.client().of(&haneul);
        client.post("/api/v1/me/phone").json(json!({ "phone_number": NUMBER })).await.assert_problem(403, "forbidden");
        app.finish().await;
    }

    async fn for_a_day_after_a_password_reset_number_pin_and_phones_stay(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        let reset = format!("UPDATE account SET password_reset_at = {}", app.clock.now().micros());
        app.db.hand_written(&reset).await.unwrap();
        let tries = |client: hanok_testkit::Client| [
            client.post("/api/v1/me/phone").json(json!({ "phone_number": NUMBER, "pin_code": PIN })),
            client.put("/api/v1/me/pin").json(json!({ "pin_code": "730418", "current_pin": PIN })),
            client.post("/api/v1/me/devices").json(json!({})),
        ];
        for call in tries(app.client().of(&haneul)) {
            call.await.assert_problem(403, "forbidden");
        }
        app.clock.advance(Duration::from_hours(24));
        app.sign_in_again(&mut haneul).await;
        let [phone, _, devices] = tries(app.client().of(&haneul));
        phone.await.assert_status(202);
        devices.await.assert_status(201);
        app.finish().await;
    }
}
