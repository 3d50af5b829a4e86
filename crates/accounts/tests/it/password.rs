//! Changing the password, and giving it again.

use std::time::Duration;

use hanok_testkit::{Answer, PASSWORD, Person, TestApp};
use serde_json::json;

async fn change(app: &TestApp, person: &Person, new: &str) -> Answer {
    let body = json!({ "current_password": person.password, "new_password": new });
    app.client()
        .of(person)
        .put("/api/v1/me/password")
        .json(body)
        .await
}

/// Changes it for good and refreshes the session.
async fn changed(app: &TestApp, person: &mut Person, new: &str) {
    app.clock.advance(Duration::from_secs(1));
    change(app, person, new).await.assert_status(204);
    new.clone_into(&mut person.password);
    let refresh = json!({ "refresh_token": person.refresh_token });
    person.keep_tokens(
        &app.client()
            .post("/api/v1/auth/refresh")
            .json(refresh)
            .await
            .assert_status(200),
    );
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_new_password_counts_and_every_other_session_ends(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut here = app.person("haneul").await;
        let mut there = here.clone();
        app.sign_in_again(&mut there).await;
        changed(&app, &mut here, "Sarang-room-9").await;
        app.client().of(&here).get("/api/v1/me").await.assert_status(200);
        app.client().of(&there).get("/api/v1/me").await.assert_problem(401, "unauthorized");
        let refresh = json!({ "refresh_token": there.refresh_token });
        app.client().post("/api/v1/auth/refresh").json(refresh).await.assert_problem(401, "unauthorized");
        app.sign_in("haneul", PASSWORD).await.assert_problem(401, "invalid_credentials");
        app.sign_in("haneul", "Sarang-room-9").await.assert_status(200);
        let rows = app.audit_of("PASSWORD_CHANGE").await;
        assert_eq!((rows.len(), rows[0].subject, rows[0].actor), (1, Some(here.id.uuid()), Some(here.id.uuid())));
        app.finish().await;
    }

    async fn none_of_the_last_five_may_come_back(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        change(&app, &haneul, PASSWORD).await.assert_field("/new_password", "password_reused");
        for number in 1..=4 {
            changed(&app, &mut haneul, &format!("Sarang-room-{number}")).await;
            change(&app, &haneul, PASSWORD).await.assert_field("/new_password", "password_reused");
        }
        changed(&app, &mut haneul, "Sarang-room-5").await;
        change(&app, &haneul, "Sarang-room-1").await.assert_field("/new_password", "password_reused");
        changed(&app, &mut haneul, PASSWORD).await;
        app.finish().await;
    }

    async fn a_weak_password_is_refused_with_every_reason(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let answer = change(&app, &haneul, "short").await.assert_problem(400, "invalid_request");
        let codes: Vec<String> = answer.fields().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(codes, [
            "/new_password password_no_digit", "/new_password password_no_special",
            "/new_password password_no_upper", "/new_password password_too_short",
        ]);
        change(&app, &haneul, "Haneul1!").await.assert_field("/new_password", "password_like_username");
        change(&app, &haneul, "Password1!").await.assert_field("/new_password", "password_common");
        app.finish().await;
    }

    async fn the_old_password_is_asked(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        "Wrong-tree-7".clone_into(&mut haneul.password);
        change(&app, &haneul, "Sarang-room-9").await.assert_problem(401, "invalid_credentials");
        app.client().put("/api/v1/me/password").json(json!({})).await.assert_problem(401, "unauthorized");
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }

    async fn a_password_given_again_counts_for_five_minutes_in_that_session(db: Db) {
        let app = TestApp::builder(db).start().await;
        let here = app.person("haneul").await;
        let (pair, confirm) = ("/api/v1/me/devices", "/api/v1/me/password/confirm");
        app.client().of(&here).post(pair).await.assert_status(201);
        app.clock.advance(Duration::from_mins(5));
        app.client().of(&here).post(pair).await.assert_problem(403, "password_required");
        let mut there = here.clone();
        app.sign_in_again(&mut there).await;
        app.client().of(&here).post(pair).await.assert_problem(403, "password_required");
        let given = json!({ "password": PASSWORD });
        app.client().of(&here).post(confirm).json(given).await.assert_status(204);
        app.client().of(&here).post(pair).await.assert_status(201);
        app.finish().await;
    }
}
