//! Signing in, registering and signing out in a browser.

use hanok_testkit::{Answer, Browser, PASSWORD, TestApp};
use serde_json::json;

/// A browser in which this person is signed in by the form.
pub async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = Browser::new(app);
    let sent = browser
        .post("/login", &[("user_id", username), ("password", PASSWORD)])
        .await;
    assert_leads(&sent, "/");
    browser
}

/// Goes on with what leads to `to`.
#[track_caller]
pub fn assert_leads(answer: &Answer, to: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (302, to),
        "{}",
        answer.text
    );
}

#[track_caller]
fn assert_says(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    for word in words {
        assert!(
            answer.text.contains(word),
            "{word} is missing in {}",
            answer.text
        );
    }
}

async fn is_signed_in(browser: &Browser) -> bool {
    let session = browser.get("/session").await.assert_status(200);
    session.body["signed_in"] == true
}

fn registration<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "한하늘"),
        ("user_id", "haneul"),
        ("password", PASSWORD),
        ("password_confirm", PASSWORD),
        ("birthdate", "1987-06-25"),
        ("email", "haneul@example.com"),
        ("phone_number", "010-4829-7316"),
    ]
}

fn with<'a>(field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = registration();
    fields.retain(|(name, _)| *name != field);
    fields.push((field, value));
    fields
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_form_signs_in_and_leads_on_and_so_does_json(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = signed_in(&app, "haneul").await;
        assert!(is_signed_in(&browser).await);
        assert_eq!(browser.cookie("hanok_session").unwrap().len(), 43);
        assert_leads(&browser.get("/login").await, "/");
        let other = Browser::new(&app);
        let body = json!({ "user_id": "Haneul", "password": PASSWORD, "next": "/history?page=2" });
        assert_leads(&other.send(other.client().post("/login").json(body)).await, "/history?page=2");
        assert!(is_signed_in(&other).await);
        app.finish().await;
    }

    async fn next_leads_to_a_page_of_ours_or_nowhere(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let form = [("user_id", "haneul"), ("password", PASSWORD)];
        let carried = Browser::new(&app).get("/login?next=/history%3Fa%3D1").await;
        assert_says(&carried, &["name=\"next\"", "/history?a=1"]);
        assert_leads(&Browser::new(&app).post("/login?next=/history", &form).await, "/history");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
            let fields = [form[0], form[1], ("next", foreign)];
            assert_leads(&Browser::new(&app).post("/login", &fields).await, "/");
        }
        let page = Browser::new(&app).get("/login?next=//evil.example").await;
        assert!(!page.text.contains("value=\"//evil"), "{}", page.text);
        app.finish().await;
    }

    async fn a_refused_sign_in_shows_the_name_again_once_and_never_the_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = Browser::new(&app);
        let fields = [("user_id", "haneul<b>"), ("password", "Wrong-tree-7"), ("next", "/history")];
        assert_leads(&browser.post("/login", &fields).await, "/login");
        let page = browser.get("/login").await;
        assert_says(&page, &["haneul&#60;b&#62;", "role=\"alert\"", "/history"]);
        assert!(!page.text.contains("Wrong-tree-7") && !page.text.contains("haneul<b>"), "{}", page.text);
        let again = browser.get("/login").await;
        assert!(!again.text.contains("haneul"), "{}", again.text);
        assert!(!is_signed_in(&browser).await);
        app.finish().await;
    }

    async fn what_is_missing_is_said_at_the_field_in_both_languages(db: Db) {
        let app = TestApp::builder(db).start().await;
        for (language, word) in [("ko", "필수 항목입니다."), ("en", "This field is required.")] {
            let browser = Browser::new(&app).header("accept-language", language);
            assert_leads(&browser.post("/login", &[("user_id", " ")]).await, "/login");
            let page = browser.get("/login").await;
            assert_says(&page, &["user_id-error", "password-error"]);
            assert!(language != "ko" || page.text.contains(word), "{}", page.text);
        }
        app.finish().await;
    }

    async fn the_form_shares_the_lock_with_the_api(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        for _ in 0..5 {
            let fields = [("user_id", "haneul"), ("password", "Wrong-tree-7")];
            assert_leads(&Browser::new(&app).post("/login", &fields).await, "/login");
        }
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        let browser = Browser::new(&app);
        assert_leads(&browser.post("/login", &[("user_id", "haneul"), ("password", PASSWORD)]).await, "/login");
        assert!(!is_signed_in(&browser).await);
        app.finish().await;
    }

    async fn a_foreign_page_signs_nobody_in_and_registers_nobody(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = Browser::new(&app);
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let login = browser.form("/login", &[("user_id", "haneul"), ("password", PASSWORD)]);
            assert_eq!(browser.send(login.header(name, value)).await.status, 403, "{name} {value}");
            let register = browser.form("/register", &with("user_id", "somin"));
            assert_eq!(browser.send(register.header(name, value)).await.status, 403, "{name} {value}");
        }
        assert!(!is_signed_in(&browser).await);
        app.sign_in("somin", PASSWORD).await.assert_status(401);
        app.finish().await;
    }

    async fn signing_out_ends_every_tab_and_needs_a_button_from_elsewhere(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = signed_in(&app, "haneul").await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("referer", "https://evil.example/logout")] {
            let asked = browser.clone().header(name, value).get("/logout").await;
            assert_says(&asked, &["method=\"post\" action=\"/logout\""]);
            assert!(is_signed_in(&browser).await);
        }
        let kept = browser.cookie("hanok_session").unwrap();
        assert_leads(&browser.get("/logout").await, "/login");
        assert!(browser.cookie("hanok_session").is_none());
        let stolen = app.client().header("cookie", &format!("hanok_session={kept}"));
        stolen.get("/api/v1/me").await.assert_status(401);
        assert_leads(&Browser::new(&app).get("/logout").await, "/login");
        let again = signed_in(&app, "haneul").await;
        assert_leads(&again.post("/logout", &[]).await, "/login");
        assert!(!is_signed_in(&again).await);
        app.finish().await;
    }

    async fn a_new_sign_in_ends_the_session_the_browser_had(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = signed_in(&app, "haneul").await;
        let first = browser.cookie("hanok_session").unwrap();
        assert_leads(&browser.post("/login", &[("user_id", "haneul"), ("password", PASSWORD)]).await, "/");
        let before = app.client().header("cookie", &format!("hanok_session={first}"));
        before.get("/api/v1/me").await.assert_status(401);
        assert!(is_signed_in(&browser).await);
        app.finish().await;
    }

    async fn who_registers_signs_in_next(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        let browser = Browser::new(&app);
        assert_says(&browser.get("/register").await, &["name=\"password_confirm\"", "autocomplete=\"new-password\""]);
        assert_leads(&browser.post("/register", &registration()).await, "/login");
        assert_says(&browser.get("/login").await, &["role=\"status\"", "value=\"haneul\""]);
        assert!(is_signed_in(&signed_in(&app, "haneul").await).await);
        let by_json = json!({ "name": "소민", "user_id": "somin", "password": PASSWORD, "password_confirm": PASSWORD });
        assert_leads(&browser.send(browser.client().post("/register").json(by_json)).await, "/login");
        app.sign_in("somin", PASSWORD).await.assert_status(200);
        app.settle().await;
        app.finish().await;
    }

    async fn what_is_wrong_with_a_registration_is_said_at_its_field(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("taken").roles(&["super_admin"]).signed_out().await;
        let long = "x".repeat(300);
        for (field, value) in [
            ("name", ""), ("name", &long), ("user_id", ""), ("user_id", "taken"), ("user_id", &long), ("password", ""), ("password", "short"),
            ("password_confirm", ""), ("password_confirm", "Other-tree-8"), ("birthdate", "25.06.1987"), ("birthdate", "2999-01-01"),
            ("email", "not an address"), ("phone_number", "02-123-4567"),
        ] {
            let browser = Browser::new(&app);
            assert_leads(&browser.post("/register", &with(field, value)).await, "/register");
            let page = browser.get("/register").await;
            assert_says(&page, &[&format!("id=\"{field}-error\"")]);
            assert!(!page.text.contains(PASSWORD), "{}", page.text);
        }
        app.finish().await;
    }
}
