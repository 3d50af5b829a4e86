//! Setting the PIN.

use std::time::Duration;

use hanok_testkit::{Answer, PIN, Person, TestApp};
use serde_json::{Value, json};

const NEW: &str = "730418";

async fn put(app: &TestApp, person: &Person, body: Value) -> Answer {
    app.client()
        .of(person)
        .put("/api/v1/me/pin")
        .json(body)
        .await
}

async fn set(app: &TestApp, person: &Person, pin: &str) -> Answer {
    put(app, person, json!({ "pin_code": pin })).await
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_pin_that_is_easy_to_guess_is_refused_with_the_reason(db: Db) {
        let app = TestApp::builder(db).start().await;
        let new = app.person("haneul").phone("010-4829-7316").birthdate("1987-06-25").without_pin();
        let haneul = new.await;
        let cases = [
            ("12345", "pin_format"), ("12345a", "pin_format"), ("１２３４５６", "pin_format"),
            ("111111", "pin_repeated"), ("121212", "pin_repeated"), ("123456", "pin_sequence"),
            ("870625", "pin_birthdate"), ("482973", "pin_phone"), ("159753", "pin_common"),
        ];
        for (pin, code) in cases {
            let answer = set(&app, &haneul, pin).await.assert_field("/pin_code", code);
            assert!(!answer.text.contains(pin), "{}", answer.text);
        }
        set(&app, &haneul, PIN).await.assert_status(204);
        app.finish().await;
    }

    async fn only_a_proven_number_has_a_pin(db: Db) {
        let app = TestApp::builder(db).start().await;
        for haneul in [app.person("unproven").unproven().await, app.person("numberless").without_phone().await] {
            set(&app, &haneul, PIN).await.assert_field("/phone_number", "phone_not_proven");
        }
        app.client().put("/api/v1/me/pin").json(json!({ "pin_code": PIN })).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn the_first_pin_asks_for_a_fresh_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").without_pin().await;
        app.clock.advance(Duration::from_mins(5));
        set(&app, &haneul, PIN).await.assert_problem(403, "password_required");
        app.sign_in_again(&mut haneul).await;
        set(&app, &haneul, PIN).await.assert_status(204);
        app.finish().await;
    }

    async fn a_changed_pin_asks_for_the_old_one(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        app.clock.advance(Duration::from_mins(5));
        set(&app, &haneul, NEW).await.assert_field("/current_pin", "required");
        put(&app, &haneul, json!({ "pin_code": NEW, "current_pin": "111111" })).await.assert_problem(401, "invalid_pin");
        put(&app, &haneul, json!({ "pin_code": NEW, "current_pin": PIN })).await.assert_status(204);
        app.sign_in_again(&mut haneul).await;
        put(&app, &haneul, json!({ "pin_code": "902746", "current_pin": PIN })).await.assert_problem(401, "invalid_pin");
        put(&app, &haneul, json!({ "pin_code": "902746", "current_pin": NEW })).await.assert_status(204);
        app.finish().await;
    }

    async fn a_hundred_wrong_pins_at_once_are_five_hashes_and_then_a_lock(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let before = app.accounts.hashes.hashes();
        let client = app.client().of(&haneul);
        let body = json!({ "pin_code": NEW, "current_pin": "111111" });
        let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client.put("/api/v1/me/pin").json(body.clone()).try_send())).collect();
        let mut wrong = 0;
        for call in calls {
            let code = call.await.unwrap().unwrap().problem_code();
            assert!(matches!(code.as_str(), "invalid_pin" | "account_locked" | "busy"), "{code}");
            wrong += u32::from(code == "invalid_pin");
        }
        assert_eq!((wrong, app.accounts.hashes.hashes() - before), (5, 5));
        put(&app, &haneul, json!({ "pin_code": NEW, "current_pin": PIN })).await.assert_problem(423, "account_locked");
        app.sign_in("haneul", &haneul.password).await.assert_status(200);
        let locked = app.audit_of("ACCOUNT_LOCKED").await;
        assert_eq!((locked.len(), &locked[0].details), (1, &json!({ "lock": "pin" })));
        app.finish().await;
    }

    async fn a_pin_leaves_no_trace_in_tables_or_log(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").pin("902746").await;
        put(&app, &haneul, json!({ "pin_code": NEW, "current_pin": "902746" })).await.assert_status(204);
        assert_eq!(app.scan_for(&["902746", NEW]).await, Vec::<String>::new());
        let rows = app.audit_of("PIN_CHANGE").await;
        let all_ours = rows.iter().all(|row| row.origin == "program" && row.subject == Some(haneul.id.uuid()));
        assert!(rows.len() == 2 && all_ours, "{rows:?}");
        app.finish().await;
    }
}
