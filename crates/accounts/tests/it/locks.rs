//! Five failures lock the password, and nothing buys a sixth try.

use std::collections::BTreeMap;
use std::time::Duration;

use hanok_testkit::{PASSWORD, TestApp};
use hanok_web::Ctx;
use serde_json::json;

const WRONG: &str = "Wrong-tree-7";

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn five_failures_in_ten_minutes_lock_and_an_administrator_unlocks(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").signed_out().await;
        for _ in 0..5 {
            app.sign_in("haneul", WRONG).await.assert_problem(401, "invalid_credentials");
            app.clock.advance(Duration::from_mins(2));
        }
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        app.clock.advance(Duration::from_hours(24));
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        let locked = app.audit_of("ACCOUNT_LOCKED").await;
        assert_eq!((locked.len(), &locked[0].details), (1, &json!({ "lock": "password" })));

        let ctx = Ctx::program("test", app.clock.now());
        assert!(app.accounts.unlock(&ctx, haneul.id).await.unwrap());
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }

    async fn a_lock_does_not_tell_whose_address_it_is(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email("haneul@example.com").signed_out().await;
        for _ in 0..7 {
            for name in ["haneul@example.com", "nobody@example.com"] {
                app.sign_in(name, WRONG).await.assert_problem(401, "invalid_credentials");
            }
            app.clock.advance(Duration::from_secs(61));
        }
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        app.finish().await;
    }

    async fn older_failures_and_those_before_a_success_are_forgotten(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        for _ in 0..3 {
            for _ in 0..4 {
                app.sign_in("haneul", WRONG).await.assert_status(401);
            }
            app.clock.advance(Duration::from_mins(10));
        }
        for _ in 0..3 {
            for _ in 0..4 {
                app.sign_in("haneul", WRONG).await.assert_status(401);
            }
            app.sign_in("haneul", PASSWORD).await.assert_status(200);
        }
        app.finish().await;
    }

    async fn a_hundred_guesses_at_once_are_five_hashes(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let before = app.accounts.hashes.hashes();
        let guess = json!({ "username": "haneul", "password": WRONG });
        let calls: Vec<_> = (0..100)
            .map(|_| tokio::spawn(app.client().post("/api/v1/auth/login").json(guess.clone()).try_send()))
            .collect();
        let mut answers: BTreeMap<String, u32> = BTreeMap::new();
        for call in calls {
            *answers.entry(call.await.unwrap().unwrap().problem_code()).or_default() += 1;
        }
        assert_eq!(app.accounts.hashes.hashes() - before, 5);
        assert_eq!(answers.remove("invalid_credentials"), Some(5));
        answers.retain(|code, _| !matches!(code.as_str(), "account_locked" | "busy"));
        assert_eq!(answers, BTreeMap::new());
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        app.finish().await;
    }

    async fn a_wrong_password_asked_again_counts_as_well(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let wrong = json!({ "password": WRONG });
        let change = json!({ "current_password": WRONG, "new_password": "Sarang-room-9" });
        for _ in 0..2 {
            client.post("/api/v1/me/password/confirm").json(wrong.clone()).await.assert_problem(401, "invalid_credentials");
            client.put("/api/v1/me/password").json(change.clone()).await.assert_problem(401, "invalid_credentials");
        }
        client.post("/api/v1/me/devices").json(wrong.clone()).await.assert_problem(401, "invalid_credentials");
        client.post("/api/v1/me/password/confirm").json(wrong).await.assert_problem(423, "account_locked");
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        client.get("/api/v1/me").await.assert_status(200);
        app.finish().await;
    }
}
