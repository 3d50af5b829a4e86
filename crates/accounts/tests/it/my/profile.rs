//! Who one is, seen and changed in a browser.

use hanok_testkit::TestApp;
use serde_json::{Value, json};

use super::{after, assert_hides, assert_leads, assert_shows, confirm, page, signed_in, wait};

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn sealed_values_are_shown_masked_and_roles_in_words(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").roles(&["auditor"]).email("haneul@example.com").birthdate("1987-06-25").await;
        let browser = signed_in(&app, "haneul").await;
        let shown = page(&browser, "/account").await;
        assert_shows(&shown, &["김하늘", "haneul", "1987-**-**", "h***@example.com", "감사 담당, 구성원", "010-****-"]);
        assert_hides(&shown, &["haneul@example.com", "1987-06-25", ">auditor<"]);
        let english = browser.header("accept-language", "en");
        assert_shows(&page(&english, "/account").await, &["Auditor, Member"]);
        app.finish().await;
    }

    async fn a_new_name_shows_at_once_and_leaves_a_trace(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let before = app.audit_of("USER_INFO_UPDATE").await.len();
        let changed = browser.post("/account", &[("name", " 한하늘 "), ("birthdate", "1987-06-25")]).await;
        let shown = after(&browser, &changed, "/account").await;
        assert_shows(&shown, &["topbar-name\">한하늘<", "1987-**-**", "role=\"status\""]);
        let lines = app.audit_of("USER_INFO_UPDATE").await;
        assert_eq!(lines.len(), before + 1);
        assert_eq!(lines.last().unwrap().subject, Some(haneul.id.uuid()));
        // Nothing new: no trace.
        browser.post("/account", &[("name", "한하늘"), ("birthdate", "")]).await;
        assert_eq!(app.audit_of("USER_INFO_UPDATE").await.len(), before + 1);
        assert_shows(&page(&browser, "/account").await, &["1987-**-**"]);
        assert_eq!(app.scan_for(&["1987-06-25"]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn what_is_wrong_is_said_at_its_field_with_what_was_typed(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        for (name, birthdate, field) in [("", "", "name"), ("<i>\u{202E}", "", "name"), ("하늘", "2999-01-01", "birthdate"), ("하늘", "1987", "birthdate")] {
            let refused = browser.post("/account", &[("name", name), ("birthdate", birthdate)]).await;
            let shown = after(&browser, &refused, "/account").await;
            assert_shows(&shown, &[&format!("id=\"{field}-error\""), &format!("value=\"{birthdate}\"")]);
            assert_hides(&shown, &["<i>"]);
        }
        app.finish().await;
    }

    async fn changing_it_asks_for_the_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        wait(&app);
        assert_hides(&page(&browser, "/account").await, &["name=\"birthdate\""]);
        assert_leads(&browser.post("/account", &[("name", "한하늘")]).await, "/account/confirm?next=/account");
        confirm(&browser).await;
        assert_leads(&browser.post("/account", &[("name", "한하늘")]).await, "/account");
        assert_shows(&page(&browser, "/account").await, &["한하늘"]);
        app.finish().await;
    }

    async fn a_program_changes_it_too_and_the_password_is_for_who_one_is(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let change = async |patch: Value| app.client().of(&haneul).patch("/api/v1/me").json(patch).await;
        let changed = change(json!({ "name": "한하늘", "birthdate": "1987-06-25" })).await.assert_status(200);
        assert_eq!(changed.body["name"], "한하늘");
        wait(&app);
        change(json!({ "name": "하늘" })).await.assert_problem(403, "password_required");
        change(json!({ "language": "en", "theme": "dark" })).await.assert_status(200);
        let told = app.client().of(&haneul).get("/api/v1/me/history/none").await;
        assert_eq!(told.header("content-language"), "en");
        let wrong = json!({ "name": " ", "birthdate": "1987", "language": "tlh", "theme": "pink" });
        let refused = change(wrong).await.assert_problem(400, "invalid_request").fields();
        let codes: Vec<&str> = refused.iter().map(|(_, code)| code.as_str()).collect();
        assert_eq!(codes, ["birthdate_format", "language_unknown", "name_empty", "theme_unknown"]);
        app.finish().await;
    }
}
