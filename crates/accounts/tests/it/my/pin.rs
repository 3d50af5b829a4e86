//! The PIN set, changed and set anew in a browser.

use hanok_testkit::{Browser, PIN, TestApp};

use super::{after, assert_hides, assert_leads, assert_shows, confirm, page, signed_in, wait};

const NEW: &str = "739164";

async fn set(browser: &Browser, current: &str, new: &str, again: &str) -> hanok_testkit::Answer {
    let fields = [
        ("current_pin", current),
        ("pin_code", new),
        ("pin_code_confirm", again),
    ];
    browser.post("/account/pin", &fields).await
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_old_pin_is_asked_and_what_is_wrong_is_said_at_its_field(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        wait(&app);
        let browser = signed_in(&app, "haneul").await;
        for (current, new, again, field) in [
            ("", NEW, NEW, "current_pin"),
            ("12", NEW, NEW, "current_pin"),
            ("739165", NEW, NEW, "current_pin"),
            (PIN, "", "", "pin_code"),
            (PIN, "123456", "123456", "pin_code"),
            (PIN, NEW, "739165", "pin_code_confirm"),
        ] {
            let refused = set(&browser, current, new, again).await;
            let shown = after(&browser, &refused, "/account/pin").await;
            assert_shows(&shown, &[&format!("id=\"{field}-error\"")]);
            assert_hides(&shown, &[PIN, NEW, "739165"]);
        }
        let changed = set(&browser, PIN, NEW, NEW).await;
        assert_shows(&after(&browser, &changed, "/account/devices").await, &["role=\"status\""]);
        assert_eq!(app.scan_for(&[PIN, NEW]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn the_first_pin_asks_for_the_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").without_pin().await;
        let browser = signed_in(&app, "haneul").await;
        wait(&app);
        let stale = page(&browser, "/account/pin").await;
        assert_shows(&stale, &["href=\"/account/confirm?next=/account/pin\""]);
        assert_hides(&stale, &["name=\"pin_code\""]);
        assert_leads(&set(&browser, "", NEW, NEW).await, "/account/confirm?next=/account/pin");
        confirm(&browser).await;
        assert_hides(&page(&browser, "/account/pin").await, &["name=\"current_pin\""]);
        assert_leads(&set(&browser, "", NEW, NEW).await, "/account/devices");
        app.finish().await;
    }

    async fn who_has_locked_it_proves_the_number_again_and_sets_another(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        wait(&app);
        let browser = signed_in(&app, "haneul").await;
        for _ in 0..app.settings.accounts.pin_failures {
            set(&browser, "739165", NEW, NEW).await;
        }
        let locked = page(&browser, "/account/pin").await;
        assert_shows(&locked, &["href=\"/account/phone\"", "잠겼습니다"]);
        assert_hides(&page(&browser, "/account/pin").await, &["name=\"pin_code\""]);
        assert_leads(&browser.post("/account/phone/again", &[]).await, "/account/phone");
        let code = app.sms_code(&haneul.phone).await;
        assert_leads(&browser.post("/account/phone/verify", &[("code", &code)]).await, "/account/phone");
        assert_hides(&page(&browser, "/account/pin").await, &["name=\"current_pin\""]);
        assert_leads(&set(&browser, "", NEW, NEW).await, "/account/devices");
        app.finish().await;
    }
}
