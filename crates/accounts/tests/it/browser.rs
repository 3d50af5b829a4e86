//! Browser sessions: what carries them, what keeps them and what ends them.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_base::Secret;
use hanok_testkit::{Client, PASSWORD, Person, TestApp};
use hanok_web::Ctx;
use serde_json::json;

use crate::login::set_status;

const ME: &str = "/api/v1/me";

/// A browser in which the person is signed in.
pub async fn browser(app: &TestApp, person: &Person) -> Client {
    let ctx = Ctx::program("Firefox", app.clock.now());
    let password = Secret::new(person.password.clone());
    let token = app
        .accounts
        .sign_in_browser(&ctx, &person.username, &password)
        .await
        .unwrap();
    app.client().header(
        "cookie",
        &format!("other=1; hanok_session={}", token.expose()),
    )
}

async fn is_signed_in(browser: &Client) -> bool {
    match browser
        .get(ME)
        .header("x-hanok-background", "1")
        .await
        .status
        .as_u16()
    {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_cookie_signs_in_and_another_one_does_not(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let me = browser(&app, &haneul).await.get(ME).await.assert_status(200);
        assert_eq!(me.body["username"], "haneul");
        for cookie in ["hanok_session=", "hanok_session=nonsense", "__Host-hanok_session=x", "hanok=1"] {
            app.client().header("cookie", cookie).get(ME).await.assert_problem(401, "unauthorized");
        }
        app.finish().await;
    }

    async fn only_the_cookie_s_hash_is_stored(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let ctx = Ctx::program("Firefox", app.clock.now());
        let token = app.accounts.sign_in_browser(&ctx, "haneul", &Secret::new(PASSWORD.into())).await.unwrap();
        app.client().header("cookie", &format!("hanok_session={}", token.expose())).get(ME).await.assert_status(200);
        assert_eq!(app.scan_for(&[token.expose(), &haneul.password]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn half_an_hour_without_a_request_ends_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let browser = browser(&app, &app.person("haneul").await).await;
        for _ in 0..4 {
            app.clock.advance(Duration::from_mins(29));
            browser.get(ME).await.assert_status(200);
        }
        app.clock.advance(Duration::from_mins(30) - Duration::from_micros(1));
        assert!(is_signed_in(&browser).await);
        app.clock.advance(Duration::from_micros(1));
        browser.get(ME).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn what_a_page_asks_on_its_own_does_not_extend_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let browser = browser(&app, &app.person("haneul").await).await;
        for _ in 0..6 {
            app.clock.advance(Duration::from_secs(290));
            browser.get(ME).header("x-hanok-background", "1").await.assert_status(200);
            assert_eq!(browser.get("/session").await.assert_status(200).body["signed_in"], true);
        }
        app.clock.advance(Duration::from_mins(1));
        assert_eq!(browser.get("/session").await.assert_status(200).body, json!({ "signed_in": false }));
        browser.get(ME).await.assert_status(401);
        app.finish().await;
    }

    async fn staying_signed_in_moves_the_end_and_says_when_it_is(db: Db) {
        let app = TestApp::builder(db).start().await;
        let browser = browser(&app, &app.person("haneul").await).await;
        app.clock.advance(Duration::from_mins(29));
        let before = browser.get("/session").await.assert_status(200);
        assert_eq!(before.body, json!({ "signed_in": true, "idle_expires_at": "2026-11-21T06:00:00.000000Z" }));
        browser.post("/session/extend").header("x-hanok-background", "1").await.assert_status(204);
        // What another process has read counts for so long.
        app.clock.advance(Duration::from_secs(2));
        let after = browser.get("/session").await.assert_status(200);
        assert_eq!(after.body["idle_expires_at"], "2026-11-21T06:29:00.000000Z");
        app.client().post("/session/extend").await.assert_problem(401, "unauthorized");
        app.client().of(&app.person("somin").await).post("/session/extend").await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn no_request_moves_the_last_end(db: Db) {
        let app = TestApp::builder(db).config(|settings| settings.accounts.session_max_hours = 1).start().await;
        let browser = browser(&app, &app.person("haneul").await).await;
        for _ in 0..3 {
            app.clock.advance(Duration::from_mins(19));
            browser.post("/session/extend").await.assert_status(204);
        }
        assert_eq!(browser.get("/session").await.body["idle_expires_at"], "2026-11-21T06:30:00.000000Z");
        app.clock.advance(Duration::from_mins(3));
        assert!(!is_signed_in(&browser).await);
        app.finish().await;
    }

    async fn signing_out_ends_it_in_every_process(db: Db) {
        let one = TestApp::builder(db.clone()).start().await;
        let two = TestApp::builder(db).beside(&one).start().await;
        let haneul = one.person("haneul").await;
        let (here, there) = (browser(&one, &haneul).await, browser(&one, &haneul).await);
        let same = here.clone().at(&two);
        assert!(is_signed_in(&here).await && is_signed_in(&same).await);
        here.post("/api/v1/auth/logout").await.assert_status(204);
        assert!(!is_signed_in(&here).await);
        two.run_duties().await;
        assert!(!is_signed_in(&same).await);
        assert!(is_signed_in(&there).await);
        one.finish().await;
        two.finish().await;
    }

    async fn a_program_that_starts_again_knows_its_sessions(db: Db) {
        let one = TestApp::builder(db.clone()).start().await;
        let browser = browser(&one, &one.person("haneul").await).await;
        let two = TestApp::builder(db).beside(&one).start().await;
        one.finish().await;
        assert!(is_signed_in(&browser.clone().at(&two)).await);
        two.finish().await;
    }

    async fn locking_or_disabling_ends_it_for_good(db: Db) {
        let app = TestApp::builder(db).start().await;
        for status in [AccountStatus::Locked, AccountStatus::Disabled] {
            let person = app.person(status.as_str()).await;
            let browser = browser(&app, &person).await;
            assert!(is_signed_in(&browser).await);
            set_status(&app, &person, status).await;
            assert!(!is_signed_in(&browser).await, "{status}");
            set_status(&app, &person, AccountStatus::Active).await;
            assert!(!is_signed_in(&browser).await, "{status}");
        }
        app.finish().await;
    }

    async fn a_change_of_the_password_ends_every_other_and_roles_change_at_once(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let (here, there) = (browser(&app, &haneul).await, browser(&app, &haneul).await);
        assert!(is_signed_in(&there).await);
        let change = json!({ "current_password": PASSWORD, "new_password": "Other-tree-8" });
        here.put("/api/v1/me/password").json(change).await.assert_status(204);
        assert_eq!((is_signed_in(&here).await, is_signed_in(&there).await), (true, false));
        app.grant(haneul.id, "auditor").await;
        assert_eq!(here.get(ME).await.assert_status(200).body["roles"], json!(["auditor", "user"]));
        app.finish().await;
    }

    async fn the_password_of_the_sign_in_counts_for_five_minutes(db: Db) {
        let app = TestApp::builder(db).start().await;
        let browser = browser(&app, &app.person("haneul").await).await;
        browser.post("/api/v1/me/devices").await.assert_status(201);
        app.clock.advance(Duration::from_mins(5));
        browser.post("/api/v1/me/devices").await.assert_problem(403, "password_required");
        browser.post("/api/v1/me/password/confirm").json(json!({ "password": PASSWORD })).await.assert_status(204);
        browser.post("/api/v1/me/devices").await.assert_status(201);
        app.finish().await;
    }

    async fn a_foreign_page_can_borrow_the_cookie_for_nothing(db: Db) {
        let app = TestApp::builder(db).start().await;
        let browser = browser(&app, &app.person("haneul").await).await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
            browser.post("/session/extend").header(name, value).await.assert_problem(403, "cross_site");
            browser.post("/api/v1/auth/logout").header(name, value).await.assert_problem(403, "cross_site");
        }
        browser.post("/session/extend").header("sec-fetch-site", "same-origin").await.assert_status(204);
        app.finish().await;
    }
}
