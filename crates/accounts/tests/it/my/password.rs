//! The password changed and given again in a browser.

use hanok_testkit::{Browser, PASSWORD, TestApp};

use super::{after, assert_hides, assert_leads, assert_shows, page, signed_in};

const NEW: &str = "Other-tree-8";

async fn change(browser: &Browser, current: &str, new: &str, again: &str) -> hanok_testkit::Answer {
    let fields = [
        ("current_password", current),
        ("new_password", new),
        ("new_password_confirm", again),
    ];
    browser.post("/account/password", &fields).await
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_changed_password_ends_every_other_session(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let (here, there) = (signed_in(&app, "haneul").await, signed_in(&app, "haneul").await);
        let changed = change(&here, PASSWORD, NEW, NEW).await;
        assert_shows(&after(&here, &changed, "/account").await, &["role=\"status\""]);
        assert_leads(&there.get("/account").await, "/login?next=%2Faccount");
        app.sign_in("haneul", NEW).await.assert_status(200);
        assert_eq!(app.audit_of("PASSWORD_CHANGE").await.len(), 1);
        app.finish().await;
    }

    async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_comes_back(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = signed_in(&app, "haneul").await;
        for (current, new, again, field) in [
            ("Wrong-tree-7", NEW, NEW, "current_password"),
            ("", NEW, NEW, "current_password"),
            (PASSWORD, "", "", "new_password"),
            (PASSWORD, "short", "short", "new_password"),
            (PASSWORD, PASSWORD, PASSWORD, "new_password"),
            (PASSWORD, NEW, "Other-tree-9", "new_password_confirm"),
        ] {
            let refused = change(&browser, current, new, again).await;
            let shown = after(&browser, &refused, "/account/password").await;
            assert_shows(&shown, &[&format!("id=\"{field}-error\"")]);
            assert_hides(&shown, &[PASSWORD, NEW, "Wrong-tree-7"]);
        }
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }

    async fn the_form_shares_the_lock_of_the_sign_in(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = signed_in(&app, "haneul").await;
        for _ in 0..5 {
            change(&browser, "Wrong-tree-7", NEW, NEW).await;
        }
        let refused = change(&browser, PASSWORD, NEW, NEW).await;
        assert_shows(&after(&browser, &refused, "/account/password").await, &["current_password-error", "잠겼습니다"]);
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        app.finish().await;
    }

    async fn the_password_given_again_leads_to_a_page_of_ours_alone(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let browser = signed_in(&app, "haneul").await;
        let asked = page(&browser, "/account/confirm?next=/account/pin").await;
        assert_shows(&asked, &["name=\"next\" value=\"/account/pin\""]);
        let wrong = browser.post("/account/confirm", &[("password", "Wrong-tree-7"), ("next", "/account/pin")]).await;
        let again = after(&browser, &wrong, "/account/confirm").await;
        assert_shows(&again, &["id=\"password-error\"", "name=\"next\" value=\"/account/pin\""]);
        let right = browser.post("/account/confirm", &[("password", PASSWORD), ("next", "/account/pin")]).await;
        assert_leads(&right, "/account/pin");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
            let sent = browser.post("/account/confirm", &[("password", PASSWORD), ("next", foreign)]).await;
            assert_leads(&sent, "/account");
            let asked = page(&browser, &format!("/account/confirm?next={foreign}")).await;
            assert_shows(&asked, &["<input type=\"hidden\" name=\"next\" value=\"/account\">"]);
        }
        app.finish().await;
    }
}
