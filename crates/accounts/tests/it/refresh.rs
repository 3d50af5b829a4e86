//! Refresh tokens: used once, the same within ten seconds, and a later second use ends all of them.

use std::collections::BTreeSet;
use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_testkit::{Answer, TestApp};
use serde_json::json;

use crate::login::set_status;

const REFRESH: &str = "/api/v1/auth/refresh";

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.client()
        .post(REFRESH)
        .json(json!({ "refresh_token": token }))
        .await
}

fn next(answer: &Answer) -> String {
    answer.body["refresh_token"].as_str().unwrap().to_owned()
}

async fn works(app: &TestApp, answer: &Answer) -> bool {
    let token = answer.body["access_token"].as_str().unwrap();
    app.client().bearer(token).get("/api/v1/me").await.status == 200
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_refresh_gives_new_tokens_in_the_form_of_a_sign_in(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        app.clock.advance(Duration::from_mins(61));
        app.client().of(&haneul).get("/api/v1/me").await.assert_problem(401, "unauthorized");
        let answer = refresh(&app, &haneul.refresh_token).await.assert_status(200);
        assert!(works(&app, &answer).await);
        assert_ne!(next(&answer), haneul.refresh_token);
        assert_eq!((&answer.body["expires_in"], &answer.body["user"]["username"]), (&json!(3600), &json!("haneul")));
        refresh(&app, &next(&answer)).await.assert_status(200);
        app.finish().await;
    }

    async fn two_uses_within_ten_seconds_get_the_same_successor(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let first = refresh(&app, &haneul.refresh_token).await.assert_status(200);
        app.clock.advance(Duration::from_secs(10));
        let second = refresh(&app, &haneul.refresh_token).await.assert_status(200);
        assert_eq!(next(&first), next(&second));
        assert!(works(&app, &second).await);
        refresh(&app, &next(&second)).await.assert_status(200);
        app.finish().await;
    }

    async fn a_later_second_use_ends_the_session_at_once(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let first = refresh(&app, &haneul.refresh_token).await.assert_status(200);
        assert!(works(&app, &first).await);
        app.clock.advance(Duration::from_secs(11));
        refresh(&app, &haneul.refresh_token).await.assert_problem(401, "unauthorized");
        assert!(!works(&app, &first).await);
        refresh(&app, &next(&first)).await.assert_problem(401, "unauthorized");
        let ended = app.audit_of("USER_LOGOUT").await;
        assert_eq!((ended.len(), &ended[0].details), (1, &json!({ "reason": "refresh_token_reused" })));
        app.finish().await;
    }

    async fn many_uses_at_once_get_one_successor(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let body = json!({ "refresh_token": haneul.refresh_token });
        let calls: Vec<_> = (0..30).map(|_| tokio::spawn(app.client().post(REFRESH).json(body.clone()).try_send())).collect();
        let mut successors = BTreeSet::new();
        for call in calls {
            successors.insert(next(&call.await.unwrap().unwrap().assert_status(200)));
        }
        assert_eq!(successors.len(), 1);
        app.finish().await;
    }

    async fn a_token_lives_seven_days_from_its_own_beginning(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        app.clock.advance(Duration::from_hours(6 * 24));
        let answer = refresh(&app, &haneul.refresh_token).await.assert_status(200);
        app.clock.advance(Duration::from_hours(7 * 24));
        refresh(&app, &next(&answer)).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn a_token_that_is_unknown_or_of_an_account_that_may_not_sign_in_is_refused(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        for token in ["", "nothing", &haneul.token, &"x".repeat(43)] {
            refresh(&app, token).await.assert_problem(401, "unauthorized");
        }
        app.client().post(REFRESH).json(json!({})).await.assert_field("/refresh_token", "required");
        set_status(&app, &haneul, AccountStatus::Disabled).await;
        refresh(&app, &haneul.refresh_token).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }
}
