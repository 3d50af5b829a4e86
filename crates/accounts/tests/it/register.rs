//! Registering.

use hanok_testkit::{Answer, Browser, TestApp};
use serde_json::{Value, json};

const REGISTER: &str = "/api/v1/auth/register";

async fn register(app: &TestApp, body: Value) -> Answer {
    app.client().post(REGISTER).json(body).await
}

fn haneul() -> Value {
    json!({ "user_id": "haneul", "password": "Maru-tree-7", "name": "김하늘" })
}

/// `haneul` with more or other fields.
fn with(fields: &Value) -> Value {
    let mut body = haneul();
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn who_registers_gets_the_account_and_can_sign_in(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        let body = with(&json!({
            "email": "Haneul@Example.com", "birthdate": "1987-06-25", "phone_number": "01048297316", "role": "User",
        }));
        let made = register(&app, body).await.assert_status(201);
        let wanted = json!({
            "id": made.body["id"], "username": "haneul", "name": "김하늘", "email": "H***@example.com",
            "role": "user", "roles": ["user"], "department": null, "status": "active",
            "phone_number": "010-****-7316", "phone_proven": false, "email_verified": false, "pin_set": false,
            "created_at": "2026-11-21T05:30:00.000000Z", "last_login_at": null,
        });
        assert_eq!(made.body, wanted);
        app.sign_in("haneul", "Maru-tree-7").await.assert_status(200);
        app.finish().await;
    }

    async fn every_field_that_is_wrong_is_told_at_once(db: Db) {
        let app = TestApp::builder(db).start().await;
        let body = json!({
            "user_id": "a b", "password": "short", "name": " ", "email": "nobody", "birthdate": "1987-02-30",
            "phone_number": "123", "role": "admin",
        });
        let answer = register(&app, body).await.assert_problem(400, "invalid_request");
        let told: Vec<String> = answer.fields().iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
        assert_eq!(told, [
            "/birthdate birthdate_not_real", "/email email_format", "/name required", "/password password_no_digit",
            "/password password_no_special", "/password password_no_upper", "/password password_too_short",
            "/phone_number phone_format", "/role role_not_allowed", "/user_id username_characters",
        ]);
        app.finish().await;
    }

    async fn each_fault_is_told_in_the_callers_language(db: Db) {
        let app = TestApp::builder(db).start().await;
        for (language, text) in [("en", "Phone number must be in format: 010-1234-5678"), ("ko", "010-1234-5678")] {
            let body = with(&json!({ "phone_number": "010-12-5678" }));
            let answer = app.client().header("accept-language", language).post(REGISTER).json(body).await;
            let detail = answer.body["errors"][0]["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(text) && !detail.starts_with("field."), "{detail}");
        }
        app.finish().await;
    }

    async fn what_is_missing_is_named_under_the_name_that_was_used(db: Db) {
        let app = TestApp::builder(db).start().await;
        let missing = |answer: Answer| answer.assert_status(400).fields().into_iter().map(|(at, code)| format!("{at} {code}")).collect::<Vec<_>>();
        assert_eq!(missing(register(&app, json!({})).await), ["/name required", "/password required", "/user_id required"]);
        let blank = json!({ "username": "", "name": null });
        assert_eq!(missing(register(&app, blank).await), ["/name required", "/password required", "/username required"]);
        app.finish().await;
    }

    async fn a_taken_name_is_named_in_either_case_and_field(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        register(&app, haneul()).await.assert_status(201);
        register(&app, with(&json!({ "user_id": "HaNeul" }))).await.assert_field("/user_id", "username_taken");
        let other = json!({ "username": "haneul", "password": "Maru-tree-8", "name": "다른 하늘" });
        register(&app, other).await.assert_field("/username", "username_taken");
        app.finish().await;
    }

    async fn of_many_who_want_one_name_at_once_one_gets_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        let calls: Vec<_> = (0..20).map(|_| tokio::spawn(app.client().post(REGISTER).json(haneul()).try_send())).collect();
        let mut statuses = Vec::new();
        for call in calls {
            statuses.push(call.await.unwrap().unwrap().status.as_u16());
        }
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (201, &[400; 19][..]));
        app.finish().await;
    }

    async fn an_unproven_number_or_address_is_nobodys_yet(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        app.person("owner").phone("010-4829-7316").await;
        let mut answers = Vec::new();
        for (name, phone) in [("one", "010-4829-7316"), ("two", "010-4829-7317")] {
            let body = with(&json!({ "user_id": name, "email": "owner@example.com", "phone_number": phone }));
            let mut answer = register(&app, body).await.assert_status(201);
            for own in ["id", "username", "phone_number"] {
                answer.body[own] = Value::Null;
            }
            answers.push(answer.body);
        }
        assert_eq!(answers[0], answers[1]);
        app.finish().await;
    }

    async fn a_role_other_than_user_is_refused(db: Db) {
        let app = TestApp::builder(db).start().await;
        for role in ["admin", "SUPER_ADMIN", "manager", "", "none"] {
            let refused = register(&app, with(&json!({ "role": role }))).await;
            refused.assert_field("/role", "role_not_allowed");
        }
        app.finish().await;
    }

    async fn a_full_hash_queue_refuses_clearly_and_leaves_nothing(db: Db) {
        let app = TestApp::builder(db).hash_pool(1, 0).start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        let place = app.accounts.hashes.reserve().unwrap();
        let refused = register(&app, haneul()).await.assert_problem(503, "busy");
        assert_eq!(refused.retry_after(), Some(1));
        drop(place);
        register(&app, haneul()).await.assert_status(201);
        app.finish().await;
    }

    async fn before_the_first_start_is_done_nobody_registers_and_the_pages_say_so(db: Db) {
        let app = TestApp::builder(db).start().await;
        let refused = register(&app, haneul()).await.assert_problem(409, "conflict");
        assert!(refused.body["detail"].as_str().unwrap().contains("설정"), "{}", refused.text);
        let browser = Browser::new(&app);
        let form = [("name", "김하늘"), ("user_id", "haneul"), ("password", "Maru-tree-7"), ("password_confirm", "Maru-tree-7")];
        assert_eq!(browser.post("/register", &form).await.assert_status(302).header("location"), "/register");
        for page in ["/", "/login", "/register"] {
            let page = browser.get(page).await.assert_status(200).text;
            assert!(page.contains("아직 설정 전입니다.") && !page.contains("href=\"/register\""), "{page}");
        }
        assert!(!browser.get("/register").await.text.contains("name=\"user_id\""));
        app.sign_in("haneul", "Maru-tree-7").await.assert_status(401);
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        for page in ["/", "/login", "/register"] {
            assert!(!browser.get(page).await.assert_status(200).text.contains("아직 설정 전입니다."));
        }
        register(&app, haneul()).await.assert_status(201);
        app.finish().await;
    }

    async fn an_address_registers_ten_a_minute(db: Db) {
        let app = TestApp::builder(db).with_limits().start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        for number in 0..10 {
            register(&app, with(&json!({ "user_id": format!("person-{number}") }))).await.assert_status(201);
        }
        let refused = register(&app, haneul()).await.assert_problem(429, "rate_limited");
        assert_eq!(refused.retry_after(), Some(60));
        app.clock.advance(std::time::Duration::from_mins(1));
        register(&app, haneul()).await.assert_status(201);
        app.finish().await;
    }
}
