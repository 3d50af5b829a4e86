//! Signing in.

use hanok_accounts::account::AccountStatus;
use hanok_db::{Tx, params};
use hanok_testkit::{Answer, PASSWORD, Person, TestApp};
use hanok_web::Ctx;
use serde_json::{Value, json};

const LOGIN: &str = "/api/v1/auth/login";

async fn login(app: &TestApp, body: Value) -> Answer {
    app.client().post(LOGIN).json(body).await
}

/// Marks the person's address as verified, as its link will.
async fn verify_email(app: &TestApp, person: &Person, email: &str) {
    let (id, now) = (person.id, app.clock.now());
    let index = app.keys.blind_index("email", email);
    let done = app.db.write(async move |tx: &mut Tx| {
        const LOOKUP: &str = "INSERT INTO account_lookup (kind, value, key_version, account_id) VALUES ('email', $1, 1, $2)";
        tx.execute("UPDATE account SET email_verified_at = $2 WHERE id = $1", params![id, now]).await?;
        tx.execute(LOOKUP, params![index, id]).await
    });
    assert_eq!(done.await, Ok(1));
}

pub async fn set_status(app: &TestApp, person: &Person, status: AccountStatus) {
    let ctx = Ctx::program("test", app.clock.now());
    assert!(
        app.accounts
            .set_status(&ctx, person.id, status)
            .await
            .unwrap()
    );
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_sign_in_answers_tokens_and_who_it_is(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").roles(&["auditor", "manager"]).email("haneul@example.com").signed_out().await;
        let answer = app.sign_in("haneul", PASSWORD).await.assert_status(200);
        let body = &answer.body;
        let wanted = json!({
            "access_token": body["access_token"], "token": body["access_token"], "token_type": "Bearer",
            "expires_in": 3600, "refresh_token": body["refresh_token"], "user_id": haneul.id.to_string(),
            "user_name": "김하늘", "email": "h***@example.com", "role": "manager",
            "user": {
                "id": haneul.id.to_string(), "username": "haneul", "name": "김하늘", "email": "h***@example.com",
                "role": "manager", "roles": ["manager", "auditor", "user"], "department": null,
            },
        });
        assert_eq!(*body, wanted);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(body["refresh_token"].as_str().unwrap().len(), 43);
        app.finish().await;
    }

    async fn the_name_may_be_username_user_id_or_a_verified_address(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").email("haneul@example.com").signed_out().await;
        for name in ["haneul", " Haneul ", "HANEUL"] {
            login(&app, json!({ "username": name, "password": PASSWORD })).await.assert_status(200);
            login(&app, json!({ "user_id": name, "password": PASSWORD })).await.assert_status(200);
        }
        let by_email = json!({ "email": "Haneul@example.COM", "password": PASSWORD });
        login(&app, by_email.clone()).await.assert_problem(401, "invalid_credentials");
        verify_email(&app, &haneul, "haneul@example.com").await;
        login(&app, by_email).await.assert_status(200);
        app.finish().await;
    }

    async fn unknown_name_and_wrong_password_are_one_answer_and_both_take_a_hash(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        app.person("nopassword").signed_out().await;
        app.db.hand_written("UPDATE account SET password_hash = NULL WHERE username_key = 'nopassword'").await.unwrap();
        let mut answers = Vec::new();
        for name in ["haneul", "nobody", "no@body.example", "nopassword", "not a name at all !"] {
            let before = app.accounts.hashes.hashes();
            let mut answer = app.sign_in(name, "Wrong-tree-7").await.assert_problem(401, "invalid_credentials");
            assert_eq!(app.accounts.hashes.hashes() - before, 1, "{name}");
            answer.body["request_id"] = Value::Null;
            answers.push(answer.body);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        app.finish().await;
    }

    async fn only_the_right_password_learns_that_an_account_is_disabled_or_locked(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").signed_out().await;
        for (status, answer) in [(AccountStatus::Disabled, (403, "account_disabled")), (AccountStatus::Locked, (423, "account_locked"))] {
            set_status(&app, &haneul, status).await;
            app.sign_in("haneul", "Wrong-tree-7").await.assert_problem(401, "invalid_credentials");
            app.sign_in("haneul", PASSWORD).await.assert_problem(answer.0, answer.1);
        }
        set_status(&app, &haneul, AccountStatus::Active).await;
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }

    async fn what_is_missing_is_named(db: Db) {
        let app = TestApp::builder(db).start().await;
        login(&app, json!({ "username": "haneul" })).await.assert_field("/password", "required");
        login(&app, json!({ "password": "x", "email": " " })).await.assert_field("/username", "required");
        login(&app, json!({ "username": 7, "password": "x" })).await.assert_field("/username", "expected_string");
        login(&app, json!([])).await.assert_problem(400, "invalid_request");
        app.finish().await;
    }

    async fn a_token_counts_with_and_without_bearer(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        for value in [format!("Bearer {}", haneul.token), format!("bearer  {}", haneul.token), haneul.token.clone()] {
            app.client().header("authorization", &value).get("/api/v1/auth/me").await.assert_status(200);
        }
        let changed = format!("{}x", haneul.token);
        for value in ["Bearer", "Bearer x.y.z", "x.y.z", &changed, "Basic aGFuZXVsOng=", &haneul.refresh_token] {
            let refused = app.client().header("authorization", value).get("/api/v1/auth/me").await;
            refused.assert_problem(401, "unauthorized");
        }
        app.finish().await;
    }

    async fn a_stale_token_does_not_stand_in_the_way_of_signing_in(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let body = json!({ "username": "haneul", "password": PASSWORD });
        let answer = app.client().bearer("x.y.z").post(LOGIN).json(body).await;
        answer.assert_status(200);
        app.finish().await;
    }

    async fn a_full_hash_queue_refuses_and_spends_no_attempt(db: Db) {
        let app = TestApp::builder(db).hash_pool(1, 0).start().await;
        app.person("haneul").signed_out().await;
        let place = app.accounts.hashes.reserve().unwrap();
        for _ in 0..10 {
            app.sign_in("haneul", "Wrong-tree-7").await.assert_problem(503, "busy");
            app.sign_in("nobody", "Wrong-tree-7").await.assert_problem(503, "busy");
        }
        drop(place);
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }
}
